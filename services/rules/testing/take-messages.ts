// A process that takes messages as the rules service does and tells on stdout what it has acknowledged and published, one
// JSON array per line, until it is killed. Arguments: state file, first sample, number of samples.
// Sample n of one tank is hot where n is odd, so that every sample is a transition.

import { writeSync } from 'node:fs';
import { encodePoint, SeriesTable } from '#domain/batch.ts';
import { topics } from '#domain/topic.ts';
import { Engine } from '#rules/engine/engine.ts';
import { ruleOf, START } from '#rules/testing/history.ts';
import { Rules } from '../rules.ts';
import { StateStore } from '../state-store.ts';

const [file = '', first = '0', count = '0'] = process.argv.slice(2);
const hot = ruleOf({
  id: 'hot',
  inputs: { temp: 'temp' },
  condition: { '>': [{ var: 'temp' }, 80] },
  ackRequired: false,
});
const say = (...words: (string | number)[]) => writeSync(1, `${JSON.stringify(words)}\n`);
const timeOf = (n: number) => START + n * 1_000;

const store = new StateStore(file);
let now = timeOf(Number(first));
const engine = new Engine({ rules: [hot], saved: store.rows(), startedAt: now });
const rules = new Rules({
  engine,
  store,
  now: () => now,
  later: (run) => setImmediate(run),
  operationsKey: 'key',
  unsignedRole: 'operator',
  publish: async (topic, payload) => {
    await new Promise((resolve) => setImmediate(resolve));
    say('published', topic, payload);
  },
});
rules.open();
const series = new SeriesTable().of({ site: 'lyon', area: 'farm', device: 't1', metric: 'temp' });
for (let n = Number(first); n < Number(first) + Number(count); n++) {
  now = timeOf(n);
  const line = encodePoint({ series, value: n % 2 === 1 ? 90 : 20, quality: 'good', measuredAt: now, late: false });
  const topic = topics.points(series.shard);
  rules.take({ topic, payload: Buffer.from(line), qos: 1, retained: false, ack: () => say('acknowledged', n) });
  if (n % 7 === 0) rules.tick();
  if (n % 11 === 0) rules.putAndKeep({ kind: 'tick', at: now }); // a checkpoint
  if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
}
process.stdin.resume(); // to be killed here at the latest
