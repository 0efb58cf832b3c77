import { expect, test } from 'vitest';
import { PIPELINE } from '#domain/service.ts';
import { shardOf } from '#domain/shard.ts';
import { topics } from '#domain/topic.ts';
import { Engine } from '#rules/engine/engine.ts';
import { ruleOf, START } from '#rules/testing/history.ts';
import { OwnAreas } from './own-areas.ts';
import { pipelineProblems } from './pipeline-problems.ts';

const device = { site: 'lyon', area: 'farm', device: 't1' };
const alarm = { site: 'lyon', area: 'farm', rule: 'hot', instance: 't1' };
const three = [0, 1, 2].map((rank) => new OwnAreas({ rank, replicas: 3 }));
const alone = new OwnAreas({ rank: 0, replicas: 1 });

test.each([
  topics.points(shardOf('lyon', 'farm')),
  topics.registry(device),
  topics.device(device, 'ack'),
  topics.device(device, 'cfg/reported'),
  topics.plantState('lyon', 'farm', 'mode'),
  topics.alarmOperation(alarm),
  topics.commandOperation(device),
])('%s is for the one who has the area', (topic) => {
  expect(three.map((areas) => areas.takes(topic))).toEqual(
    [0, 1, 2].map((rank) => shardOf('lyon', 'farm') % 3 === rank),
  );
  expect(alone.takes(topic)).toBe(true);
});

test('what means nothing is for the one who has the pipeline, as its alarms are', () => {
  expect(three.map((areas) => areas.takes('alarm-op/v1/x'))).toEqual(three.map(({ hasPipeline }) => hasPipeline));
  expect(three.map(({ hasPipeline }) => hasPipeline)).toEqual(
    [0, 1, 2].map((rank) => shardOf(PIPELINE.site, PIPELINE.area) % 3 === rank),
  );
  expect(alone.hasPipeline).toBe(true);
});

test('a rule that was stopped is an alarm of whoever has the pipeline, and a problem of the others until it is well', () => {
  const hot = ruleOf({ id: 'hot', inputs: { temp: 'temp' }, condition: { '>': [{ var: 'temp' }, 80] } });
  const engine = new Engine({ rules: [hot], startedAt: START });
  expect(pipelineProblems(engine.rules)).toEqual([]);
  const outputs = engine.step({ kind: 'isolate', rule: 'hot', reason: 'it took too long', at: START + 1 });
  expect(new Set(outputs.map(({ kind }) => kind))).toEqual(new Set(['alarm', 'journal', 'notice']));
  for (const areas of three)
    expect(outputs.map((output) => areas.says(output))).toEqual(outputs.map(() => areas.hasPipeline));
  expect(pipelineProblems(engine.rules)).toEqual([
    { id: 'rule-isolated', text: 'Rule stopped: hot: it took too long', priority: 'high' },
  ]);
  engine.step({ kind: 'reload', rules: [hot.source], again: ['hot'], at: START + 2 });
  expect(pipelineProblems(engine.rules)).toEqual([]);
});

test('what becomes of an order is said by the one who has the area', () => {
  const entry = { ...device, seq: 1, at: START, status: 'REFUSED' } as const;
  for (const output of [
    { kind: 'commands', device, commands: [] } as const,
    { kind: 'command-journal', entry } as const,
  ])
    expect(three.map((areas) => areas.says(output))).toEqual(
      [0, 1, 2].map((rank) => shardOf('lyon', 'farm') % 3 === rank),
    );
});

test('of the state of one that was alone each has what it needs, and no area is with two', () => {
  const areas = Array.from({ length: 12 }, (_, i) => `area-${i}`);
  const ofAreas = areas.flatMap((area) => [
    `instance/hot/lyon/${area}/t1`,
    `retired/hot/lyon/${area}/t2`,
    `device/lyon/${area}/t1`,
    `series/lyon/${area}/t1/temp/deep`,
    `state/lyon/${area}/mode`,
    `spent-order/operator/lyon/${area}/t1/a`,
  ]);
  const ofAll = ['engine', 'models', 'held', 'rule/hot'];
  const rows = [...ofAll, ...ofAreas].map((key) => ({ key, value: '{}' }));
  expect(alone.divide(rows)).toEqual({ own: rows, others: [] });
  const divided = three.map((each) => each.divide(rows));
  for (const { own, others } of divided) {
    expect(own.slice(0, 4).map(({ key }) => key)).toEqual(ofAll);
    expect([...own, ...others]).toHaveLength(rows.length);
  }
  expect(divided.flatMap(({ own }) => own.slice(4).map(({ key }) => key)).sort()).toEqual(ofAreas.toSorted());
});
