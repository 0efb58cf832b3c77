// Ingest is started anew: what is read by births of before, and what is not.

import { expect, test } from 'vitest';
import { REBIRTH } from './birth-metrics.ts';
import { EdgeNodes, type KeptBirth } from './edge-nodes.ts';
import type { PayloadParts } from './payload.ts';
import { bdSeqOf, heardOf, metricOf, spokenFindings } from './testing.ts';

const T = 1_795_355_000_000;
const BIRTH: PayloadParts = {
  ...{ timestamp: T, seq: 0 },
  metrics: [
    bdSeqOf(4),
    metricOf({ name: REBIRTH }, false, 'Boolean'),
    metricOf({ name: 'level', alias: 1 }, 2, 'Float'),
  ],
};
const PRESS: PayloadParts = {
  timestamp: T + 1,
  seq: 1,
  metrics: [metricOf({ name: 'strokes', alias: 10 }, 7, 'Int32')],
};

type Options = { qos?: 0 | 1; state?: KeptBirth['state']; at?: number; session?: 'resumed' | 'new' };

/** A host that knows both births from its disk, and has been let in by the broker. */
function restarted({ qos = 0, state = 'born', at = T, session = 'resumed' }: Options = {}) {
  const said: string[] = [];
  const nodes: EdgeNodes<string> = new EdgeNodes({
    findings: spokenFindings(said),
    reorderMs: 2_000,
    askRebirth: ({ edge }) => said.push(`ask ${edge}`),
    onGap: (missing) => said.push(`gap ${missing}`),
  });
  for (const heard of [heardOf('NBIRTH', null, BIRTH), heardOf('DBIRTH', 'press', PRESS)]) {
    const { topic: address, device, payload, mark } = heard;
    nodes.restore({ address, device, payload, mark, qos, state, at });
  }
  nodes.onSession(session, T);
  const take = (type: Parameters<typeof heardOf>[0], device: string | null, parts: PayloadParts, options = {}) =>
    nodes.take(heardOf(type, device, parts, { now: T + 100, qos, ...options }));
  return { nodes, take, news: () => said.splice(0) };
}

const data = (seq: number, timestamp = T + 50): PayloadParts => ({
  ...{ timestamp, seq },
  metrics: [metricOf({ alias: 10 }, 8, 'Int32')],
});

test('what the broker kept is read by the birth of before, without a rebirth', () => {
  const host = restarted({ qos: 1 });
  host.take('DDATA', 'press', data(77));
  host.take('DDATA', 'press', data(78));
  host.nodes.tick(T + 500_000);
  expect(host.news()).toEqual([`press strokes=8 @${T + 50}`, `press strokes=8 @${T + 50}`]);
  host.take('DDATA', 'press', data(80));
  host.nodes.tick(T + 900_000);
  expect(host.news()).toEqual(['gap 1', expect.stringContaining('refused birth: alias 10'), 'ask line-3']);
});

const doubt =
  'press refused birth: alias 10 of press of lyon/line-3 stands for nothing: its birth is from before a restart of ours, and there may have been another since';

test.each<[string, Options, object]>([
  ['QoS 0, which nobody keeps', { qos: 0 }, {}],
  ['QoS 1, and its birth with QoS 0', { qos: 0 }, { qos: 1 }],
  ['QoS 1, and the broker has lost what it kept', { qos: 1, session: 'new' }, {}],
])('what comes with %s may be of another birth: a rebirth mends it', (_, options, how) => {
  const host = restarted(options);
  host.take('DDATA', 'press', data(77), how);
  expect(host.news()).toEqual([doubt, 'ask line-3']);
  host.take('NBIRTH', null, { ...BIRTH, timestamp: T + 200 });
  host.take('DBIRTH', 'press', { ...PRESS, timestamp: T + 201 });
  host.news();
  host.take('DDATA', 'press', data(2, T + 202));
  host.nodes.tick(T + 500_000);
  expect(host.news()).toEqual([`press strokes=8 @${T + 202}`]);
});

test('what comes again from before the birth is not read by it', () => {
  const host = restarted({ qos: 1 });
  host.take('DDATA', 'press', data(77, T - 5));
  expect(host.news()[0]).toBe(doubt);
});

test('births that come again after a kill are births, and what follows them is in order', () => {
  const host = restarted({ qos: 1 });
  host.take('NBIRTH', null, BIRTH);
  host.take('DBIRTH', 'press', PRESS);
  host.news();
  host.take('DDATA', 'press', data(2));
  host.nodes.tick(T + 500_000);
  expect(host.news()).toEqual([`press strokes=8 @${T + 50}`]);
});

test('a node that says nothing after a restart is asked, and dead when it does not answer', () => {
  const host = restarted();
  for (const after of [5_000, 10_000, 40_000, 70_000, 130_000, 189_000]) host.nodes.tick(T + after);
  expect(host.news()).toEqual(['ask line-3', 'ask line-3', 'ask line-3']);
  host.nodes.tick(T + 190_000);
  expect(host.news()).toEqual([
    'keep line-3 dead',
    'line-3 offline',
    `line-3 level=null bad @${T + 190_000}`,
    'keep press dead',
    'press offline',
    `press strokes=null bad @${T + 190_000}`,
  ]);
  host.nodes.tick(T + 900_000);
  expect(host.news()).toEqual([]);
});

test('a node that comes back by itself is not asked', () => {
  const host = restarted();
  host.nodes.tick(T + 5_000);
  host.take('NBIRTH', null, { ...BIRTH, timestamp: T + 200 }, { now: T + 6_000 });
  host.news();
  host.nodes.tick(T + 500_000);
  expect(host.news().filter((each) => each.startsWith('ask'))).toEqual([]);
});

test('a death that comes again after a kill is said again: its points may not have been', () => {
  const host = restarted({ state: 'dead', at: T + 10 });
  host.take('NDEATH', null, { metrics: [bdSeqOf(4)] });
  expect(host.news()).toContain(`press strokes=null bad @${T + 100}`);
  host.take('NDEATH', null, { metrics: [bdSeqOf(4)] });
  expect(host.news().filter((each) => each.includes('null'))).toHaveLength(2);
});

test('of a node that was dead nothing is read, and what it says when it is born is news', () => {
  const host = restarted({ state: 'dead', at: T + 1_000 });
  host.take('DDATA', 'press', data(3));
  expect(host.news()).toEqual([expect.stringContaining('has died since')]);
  host.nodes.tick(T + 2_100);
  expect(host.news()).toEqual(['ask line-3']);
  host.take('NBIRTH', null, { ...BIRTH, timestamp: T + 500 });
  expect(host.news()).toContain(`line-3 level=2 @${T + 1_001}`);
});

test('a device whose node was born anew before the restart is awaited, and given up', () => {
  const host = restarted({ qos: 1, state: 'awaited', at: T });
  host.nodes.tick(T + 59_999);
  expect(host.news()).toEqual([]);
  host.nodes.tick(T + 60_000);
  expect(host.news()).toContain(`press strokes=null bad @${T + 60_000}`);
});
