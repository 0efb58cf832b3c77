import { expect, it } from 'vitest';
import { newInstanceState } from '#rules/engine/state.ts';
import { ruleOf, START } from '#rules/testing/history.ts';
import { retiredAlarms } from './retired.ts';
import { StateStore } from './state-store.ts';

const hot = { id: 'hot', inputs: { temp: 'temp' }, condition: { '>': [{ var: 'temp' }, 80] } };
const key = 'hot/lyon/farm/t1';
const topic = 'alarm/v1/lyon/farm/hot/t1';
const shown = { key, state: { ...newInstanceState(START), active: true, unacked: true, episode: 3 } };
const quiet = { key, state: newInstanceState(START) };

it('retires what has no rule any more, and says where it was shown', () => {
  expect(retiredAlarms([shown], { rules: [], problems: [] })).toEqual([{ key, topic, isKept: false }]);
  expect(retiredAlarms([quiet], { rules: [], problems: [] })).toEqual([{ key, topic: undefined, isKept: false }]);
});

it('leaves the alarms of a rule that is evaluated, or whose file is broken', () => {
  expect(retiredAlarms([shown, quiet], { rules: [ruleOf(hot)], problems: [] })).toEqual([]);
  const problems = [{ file: 'rules/hot.json', line: 1, column: 1, message: 'broken' }];
  expect(retiredAlarms([shown], { rules: [], problems })).toEqual([]);
});

it('takes an alarm off the page whose rule is now in shadow, and keeps its state', () => {
  const rules = [ruleOf({ ...hot, mode: 'shadow' })];
  expect(retiredAlarms([shown], { rules, problems: [] })).toEqual([{ key, topic, isKept: true }]);
});

it('has the retained message cleared and the state forgotten', () => {
  const store = new StateStore(':memory:');
  store.commit([shown], []);
  store.retire(retiredAlarms(store.states(), { rules: [], problems: [] }));
  expect(store.states()).toEqual([]);
  expect(store.queued()).toMatchObject([{ topic, payload: '', retain: true }]);
  store[Symbol.dispose]();
});
