import { describe, expect, it } from 'vitest';
import { checkRules } from './check-rules.ts';
import { isError, problemOf } from './finding.ts';
import { PIPELINE_NAMES } from './taken-names.ts';
import { SOUND } from './testing.ts';

type Written = { readonly id: string; readonly [field: string]: unknown };

const check = (...rules: Written[]) =>
  checkRules(rules.map((rule) => ({ file: `${rule.id}.json`, text: JSON.stringify(rule) })));
const saidOf = ({ findings }: ReturnType<typeof checkRules>) =>
  findings
    .filter(isError)
    .map(problemOf)
    .map(({ file, column, message }) => `${file}:${column} ${message}`);

const watched = { ...SOUND, id: 'tank', noData: { action: 'alarm' } };
const commanding = (id: string) => ({
  ...{ id: 'close', on: ['active'], type: 'command', target: { device: 'v' }, command: 'valve.set' },
  ...{ expiresAfter: '30s', ack: { accept: '3s', complete: '9s' }, onFailure: [{ type: 'alarm', id }] },
});
const raising = (id: string) => ({ on: ['active'], type: 'alarm', id });

describe('a name that is taken', () => {
  it.each([...PIPELINE_NAMES])('%s: a rule does not stand for the alarm of the pipeline itself', (id) => {
    const checked = check({ ...SOUND, id });
    expect(checked.rules).toEqual([]);
    expect(saidOf(checked)).toEqual([
      `${id}.json:7 '${id}' is an alarm of the pipeline itself; give the rule and its file another name`,
    ]);
  });

  it.each([
    ['action', 'tank.leave', { ...SOUND, id: 'tank', actions: [raising('leave')] }],
    ['failure', 'tank.stuck', { ...SOUND, id: 'tank', actions: [commanding('stuck')] }],
  ])("a rule does not stand for the alarm of another one's %s, whichever is read first", (_, id, tank) => {
    for (const rules of [
      [{ ...SOUND, id }, tank],
      [tank, { ...SOUND, id }],
    ]) {
      const checked = check(...rules);
      expect(checked.rules.map((rule) => rule.id)).toEqual(['tank']);
      expect(saidOf(checked)).toEqual([
        `${id}.json:7 '${id}' is the alarm that rule 'tank' raises beside its own; give the rule and its file another name`,
      ]);
    }
  });

  it('two rules do not raise one alarm, nor does one rule for two reasons', () => {
    const first = { ...SOUND, id: 'a', actions: [raising('b.c')] };
    const second = { ...SOUND, id: 'a.b', scope: { devices: ['d'] }, actions: [raising('c')] };
    expect(saidOf(check(first, second))).toEqual([
      expect.stringMatching(/^a\.b\.json:\d+ the alarm 'a\.b\.c' is raised by rule 'a' already/),
    ]);
    expect(saidOf(check({ ...watched, actions: [raising('no-data')] }))).toEqual([
      expect.stringMatching(/^tank\.json:\d+ the alarm 'tank\.no-data' is raised by rule 'tank' already/),
    ]);
  });

  it('a rule that is disabled or refused takes no name', () => {
    const tank = { ...SOUND, id: 'tank', actions: [raising('leave')] };
    const other = { ...SOUND, id: 'tank.leave' };
    for (const change of [{ mode: 'disabled' }, { onDelay: '5' }])
      expect(check({ ...tank, ...change }, other).rules.map(({ id }) => id)).toEqual(['tank.leave']);
  });

  it('that silence would take is no name of a rule at all', () => {
    expect(saidOf(check({ ...SOUND, id: 'tank.no-data' }))).toEqual([
      'tank.no-data.json:7 id: must not end in .no-data or hold ..',
    ]);
  });
});
