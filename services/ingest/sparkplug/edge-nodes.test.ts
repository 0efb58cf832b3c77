import { expect, test } from 'vitest';
import { REBIRTH } from './birth-metrics.ts';
import { EdgeNodes } from './edge-nodes.ts';
import type { PayloadParts } from './payload.ts';
import { bdSeqOf, EDGE, heardOf, metricOf, spokenFindings } from './testing.ts';

const REORDER_MS = 2_000;
const T = 1_795_355_000_000;

type Options = { now?: number; qos?: 0 | 1; origin?: string };

/** A host and what it says; `asked` after each rebirth that it asks for. */
function open(limits?: { nodes: number; metrics: number }) {
  const said: string[] = [];
  const nodes: EdgeNodes<string> = new EdgeNodes({
    findings: spokenFindings(said),
    reorderMs: REORDER_MS,
    askRebirth: ({ group, edge }) => said.push(`ask ${group}/${edge}`),
    onGap: (missing) => said.push(`gap ${missing}`),
    ...(limits === undefined ? {} : { limits }),
  });
  const take = (
    type: Parameters<typeof heardOf>[0],
    device: string | null,
    parts: PayloadParts,
    options: Options = {},
  ) => nodes.take(heardOf(type, device, parts, { now: T, ...options }));
  /** What was said since it was asked last. */
  const news = () => said.splice(0);
  return { nodes, take, news };
}

const NODE_BIRTH: PayloadParts = {
  timestamp: T,
  seq: 0,
  metrics: [
    bdSeqOf(4),
    metricOf({ name: REBIRTH }, false, 'Boolean'),
    metricOf(
      { name: 'temperature', alias: 1, properties: { quality: null, unit: '°C', low: 0, high: 90 } },
      21.5,
      'Float',
    ),
    metricOf({ name: 'Properties/FW' }, '2.1', 'String'),
  ],
};
const PRESS_BIRTH: PayloadParts = {
  timestamp: T + 1,
  seq: 1,
  metrics: [
    metricOf({ name: 'strokes', alias: 10 }, 7, 'Int32'),
    metricOf({ name: 'running', alias: 11 }, true, 'Boolean'),
  ],
};

function born(host: ReturnType<typeof open>): void {
  host.take('NBIRTH', null, NODE_BIRTH);
  host.take('DBIRTH', 'press', PRESS_BIRTH);
}

test('a birth says what there is, and its values are points', () => {
  const host = open();
  born(host);
  expect(host.news()).toEqual([
    'keep line-3 born',
    'line-3 online temperature,Properties/FW fw 2.1',
    `line-3 temperature=21.5 Cel @${T}`,
    `line-3 Properties/FW=2.1 @${T}`,
    'keep press born',
    'press online strokes,running',
    `press strokes=7 @${T + 1}`,
    `press running=true @${T + 1}`,
  ]);
});

test('data is read by aliases, its datatypes from the birth; each metric has its own time', () => {
  const host = open();
  born(host);
  host.news();
  host.take('DDATA', 'press', {
    ...{ timestamp: T + 9, seq: 2 },
    metrics: [
      { alias: 10, value: { field: 'int', low: 0xffff_fffe, high: 0 } },
      metricOf({ alias: 11, timestamp: T + 5 }, false, 'Boolean'),
      metricOf({ alias: 11, timestamp: T + 2, isHistorical: true }, true, 'Boolean'),
      metricOf({ alias: 10 }, null, 'Int32'),
      {
        alias: 10,
        value: { field: 'int', low: 3, high: 0 },
        properties: { quality: 'uncertain', unit: null, low: null, high: null },
      },
    ],
  });
  expect(host.news()).toEqual([
    `press strokes=-2 @${T + 9}`,
    `press running=false @${T + 5}`,
    `press running=true @${T + 2} history`,
    `press strokes=null bad @${T + 9}`,
    `press strokes=3 uncertain @${T + 9}`,
  ]);
});

test('data before any birth is refused as such, and a rebirth asked for, once', () => {
  const host = open();
  const data = { timestamp: T, seq: 9, metrics: [metricOf({ alias: 1 }, 1, 'Double')] };
  host.take('NDATA', null, data, { origin: 'a' });
  host.take('DDATA', 'press', { ...data, seq: 10 }, { now: T + 5_000 });
  host.nodes.tick(T + 15_000);
  const sentence =
    "refused birth: the edge node 'line-3' of group 'lyon' has not said what its metrics are (NBIRTH), or has died since";
  expect(host.news()).toEqual([`line-3 ${sentence}`, 'done a', 'ask lyon/line-3', `press ${sentence}`]);
  host.nodes.tick(T + 60_000);
  expect(host.news()).toEqual(['ask lyon/line-3']);
});

test('data of a device that was not born is refused, that of its node is not', () => {
  const host = open();
  host.take('NBIRTH', null, NODE_BIRTH);
  host.news();
  host.take('DDATA', 'press', { timestamp: T + 1, seq: 1, metrics: [metricOf({ alias: 10 }, 1, 'Double')] });
  host.take('NDATA', null, { timestamp: T + 2, seq: 2, metrics: [metricOf({ alias: 1 }, 22.5)] });
  expect(host.news()).toEqual([
    "press refused birth: the device 'press' of group 'lyon' has not said what its metrics are (DBIRTH), or has died since",
    'ask lyon/line-3',
    `line-3 temperature=22.5 Cel @${T + 2}`,
  ]);
});

test('after a lost message aliases stand for nothing until a rebirth; names still do', () => {
  const host = open();
  born(host);
  host.news();
  const data = (seq: number) => ({
    ...{ timestamp: T + seq, seq },
    metrics: [metricOf({ alias: 10 }, 1, 'Int32'), metricOf({ name: 'strokes' }, 2, 'Int32')],
  });
  host.take('DDATA', 'press', data(3), { origin: 'held' });
  expect(host.news()).toEqual([]);
  host.nodes.tick(T + REORDER_MS);
  const doubt =
    'press refused birth: alias 10 of press of lyon/line-3 stands for nothing: messages before it are missing, and one of them may have been another birth';
  expect(host.news()).toEqual(['gap 1', `press strokes=2 @${T + 3}`, doubt, 'done held', 'ask lyon/line-3']);
  host.take('DDATA', 'press', data(4));
  expect(host.news()).toEqual([`press strokes=2 @${T + 4}`, doubt]);
  host.take('NBIRTH', null, { ...NODE_BIRTH, timestamp: T + 100 });
  host.take('DBIRTH', 'press', { ...PRESS_BIRTH, timestamp: T + 101 });
  host.news();
  host.take('DDATA', 'press', { ...data(2), timestamp: T + 102 });
  host.nodes.tick(T + 100_000);
  expect(host.news()).toEqual([`press strokes=1 @${T + 102}`, `press strokes=2 @${T + 102}`]);
});

test('a DBIRTH after the gap is taken, but for the aliases: another birth of the node may be missing', () => {
  const host = open();
  born(host);
  const metrics = [metricOf({ name: 'level', alias: 10 }, 7, 'Int32')];
  host.take('DBIRTH', 'press', { timestamp: T + 5, seq: 4, metrics });
  host.nodes.tick(T + REORDER_MS);
  expect(host.news()).toContain('press online level');
  host.take('DDATA', 'press', { timestamp: T + 6, seq: 5, metrics: [metricOf({ alias: 10 }, 1, 'Int32')] });
  expect(host.news()).toEqual([
    expect.stringContaining('press refused birth: alias 10 of press of lyon/line-3 stands'),
  ]);
});

test('an alias that no birth has: refused, a rebirth asked for, and not again and again where that does not help', () => {
  const host = open();
  born(host);
  host.news();
  const data = (seq: number) => ({ timestamp: T + seq, seq, metrics: [metricOf({ alias: 99 }, 1, 'Int32')] });
  host.take('DDATA', 'press', data(2));
  expect(host.news()).toEqual([
    'press refused birth: alias 99 of press of lyon/line-3 is not in the birth',
    'ask lyon/line-3',
  ]);
  host.take('NBIRTH', null, { ...NODE_BIRTH, timestamp: T + 100 }, { now: T + 20_000 });
  host.take('DBIRTH', 'press', { ...PRESS_BIRTH, timestamp: T + 101 }, { now: T + 20_000 });
  host.news();
  host.take('DDATA', 'press', { ...data(2), timestamp: T + 102 }, { now: T + 30_000 });
  host.nodes.tick(T + 500_000);
  expect(host.news()).toEqual(['press refused birth: alias 99 of press of lyon/line-3 is not in the birth']);
  host.nodes.tick(T + 600_000);
  expect(host.news()).toEqual(['ask lyon/line-3']);
});

test('two gaps at once are two requests, ten seconds apart', () => {
  const host = open();
  const lose = (now: number) => {
    host.take('NBIRTH', null, { ...NODE_BIRTH, timestamp: now }, { now });
    host.take('NDATA', null, { timestamp: now + 1, seq: 2, metrics: [] }, { now: now + 1 });
    host.nodes.tick(now + 1 + REORDER_MS);
  };
  lose(T);
  lose(T + 3_000);
  expect(host.news().filter((each) => each.startsWith('ask'))).toHaveLength(1);
  host.nodes.tick(T + 12_001);
  expect(host.news()).toEqual(['ask lyon/line-3']);
});

test('a node whose birth knows no rebirth is not asked for one', () => {
  const host = open();
  host.take('NBIRTH', null, { ...NODE_BIRTH, metrics: [bdSeqOf(1)] });
  host.take('NDATA', null, { timestamp: T, seq: 5, metrics: [] });
  host.nodes.tick(T + 100_000);
  expect(host.news().filter((each) => each.startsWith('ask'))).toEqual([]);
});

test('at its death every metric of node and devices has no value, after the newest it had', () => {
  const host = open();
  born(host);
  const ahead = { timestamp: T + 4_000, seq: 2, metrics: [metricOf({ alias: 10 }, 8, 'Int32')] };
  host.take('DDATA', 'press', ahead);
  host.news();
  const death = { timestamp: T - 99_999, metrics: [bdSeqOf(4)] };
  host.take('NDEATH', null, death, { now: T + 100, origin: 'death' });
  expect(host.news()).toEqual([
    'keep line-3 dead',
    'line-3 offline',
    `line-3 temperature=null bad @${T + 100}`,
    `line-3 Properties/FW=null bad @${T + 100}`,
    'keep press dead',
    'press offline',
    `press strokes=null bad @${T + 4_001}`,
    `press running=null bad @${T + 4_001}`,
    'done death',
  ]);
  host.take('NDEATH', null, death, { now: T + 200 });
  expect(host.news()).toEqual([]);
});

test('the death of another session is nobody’s', () => {
  const host = open();
  born(host);
  host.news();
  host.take('NDEATH', null, { metrics: [bdSeqOf(3)] }, { origin: 'will' });
  host.take('NDEATH', null, { metrics: [] });
  expect(host.news()).toEqual(['done will']);
});

test('a birth that its own death has overtaken is doubted: the node is asked, and dead when it does not answer', () => {
  const host = open();
  born(host);
  host.take('NDEATH', null, { metrics: [bdSeqOf(4)] }, { now: T + 100 });
  host.take('NBIRTH', null, { ...NODE_BIRTH, timestamp: T + 90 }, { now: T + 101 });
  expect(host.nodes.alive).toBe(1);
  for (const after of [10_101, 70_101, 130_101]) host.nodes.tick(T + after);
  expect(host.news().filter((each) => each.startsWith('ask'))).toHaveLength(3);
  host.nodes.tick(T + 190_101);
  expect(host.nodes.alive).toBe(0);
});

test('of a birth without bdSeq a death without one is the end', () => {
  const host = open();
  host.take('NBIRTH', null, { ...NODE_BIRTH, metrics: [] });
  host.news();
  host.take('NDEATH', null, { metrics: [] });
  expect(host.news()).toEqual(['keep line-3 dead', 'line-3 offline']);
});

test('a device dies alone, when its death says, but never before its newest value', () => {
  const host = open();
  born(host);
  host.news();
  host.take('DDEATH', 'press', { timestamp: T + 50, seq: 2 }, { now: T + 90 });
  expect(host.news()).toEqual([
    'keep press dead',
    'press offline',
    `press strokes=null bad @${T + 50}`,
    `press running=null bad @${T + 50}`,
  ]);
  host.take('NDATA', null, { timestamp: T + 60, seq: 3, metrics: [metricOf({ alias: 1 }, 1, 'Float')] });
  host.take('DDATA', 'press', { timestamp: T + 70, seq: 4, metrics: [metricOf({ alias: 10 }, 1, 'Int32')] });
  expect(host.news()).toEqual([
    `line-3 temperature=1 Cel @${T + 60}`,
    expect.stringContaining("press refused birth: the device 'press'"),
    'ask lyon/line-3',
  ]);
});

test('what a birth after a death says is news, however long ago it was measured', () => {
  const host = open();
  born(host);
  host.take('NDEATH', null, { metrics: [bdSeqOf(4)] }, { now: T + 1_000 });
  host.news();
  const metrics = [
    bdSeqOf(5),
    metricOf({ name: 'temperature', timestamp: T - 500 }, 20, 'Float'),
    metricOf({ name: 'later', timestamp: T + 1_500 }, 1, 'Float'),
    metricOf({ name: 'older', timestamp: T - 400, isHistorical: true }, 2, 'Float'),
    { ...metricOf({ name: 'broken' }, 0, 'Float'), value: { field: 'float', number: Number.NaN } } as const,
  ];
  host.take('NBIRTH', null, { timestamp: T + 2_000, seq: 0, metrics }, { now: T + 2_010 });
  expect(host.news().slice(2)).toEqual([
    `line-3 temperature=20 @${T + 2_000}`,
    `line-3 later=1 @${T + 1_500}`,
    `line-3 older=2 @${T - 400} history`,
    `line-3 broken=null bad @${T + 2_000}`,
  ]);
});

test('a device that is not born again after its node is gone', () => {
  const host = open();
  born(host);
  host.take('NBIRTH', null, { ...NODE_BIRTH, timestamp: T + 10 }, { now: T + 10 });
  host.nodes.tick(T + 60_009);
  host.news();
  host.nodes.tick(T + 60_010);
  expect(host.news()).toEqual([
    'keep press dead',
    'press offline',
    `press strokes=null bad @${T + 60_010}`,
    `press running=null bad @${T + 60_010}`,
  ]);
});

test('the same birth once more changes nothing, nor does one of before', () => {
  const host = open();
  born(host);
  host.take('NDATA', null, { timestamp: T + 3, seq: 2, metrics: [] });
  host.news();
  host.take('NBIRTH', null, NODE_BIRTH, { origin: 'again' });
  host.take('DBIRTH', 'press', PRESS_BIRTH);
  const read = [`press strokes=7 @${T + 1}`, `press running=true @${T + 1}`];
  expect(host.news()).toEqual(['done again', ...read]);
  host.take('NBIRTH', null, { ...NODE_BIRTH, timestamp: T + 9 });
  host.news();
  host.take('NBIRTH', null, NODE_BIRTH);
  host.take('NDATA', null, { timestamp: T + 10, seq: 1, metrics: [] });
  host.nodes.tick(T + 50_000);
  expect(host.news()).toEqual([]);
});

test('an alias that two metrics have stands for neither', () => {
  const host = open();
  const metrics = [metricOf({ name: 'a', alias: 5 }, 1, 'Int32'), metricOf({ name: 'b', alias: 5 }, 2, 'Int32')];
  host.take('NBIRTH', null, { timestamp: T, seq: 0, metrics });
  expect(host.news()).toContain(
    'line-3 refused shape: alias 5 stands for two metrics of one birth, and so for none of them',
  );
  host.take('NDATA', null, { timestamp: T, seq: 1, metrics: [metricOf({ alias: 5 }, 3, 'Int32')] });
  expect(host.news()).toEqual(['line-3 refused birth: alias 5 of line-3 of lyon/line-3 is not in the birth']);
});

test('what is about the session is no point, and what is none of ours is refused by its name', () => {
  const host = open();
  const metrics = [
    metricOf({ name: 'Device Control/Reboot' }, false, 'Boolean'),
    { name: 'recipe', datatype: 16, value: { field: 'other' } } as const,
    metricOf({ name: 'text' }, 'x'.repeat(300), 'String'),
    { name: 'unsaid', datatype: 0, value: { field: 'int', low: 1, high: 0 } } as const,
  ];
  host.take('NBIRTH', null, { timestamp: T, seq: 0, metrics });
  expect(host.news()).toEqual([
    'keep line-3 born',
    'line-3 online text',
    "line-3 refused type: 'recipe' of line-3 of lyon/line-3 is a DataSet; numbers, booleans and texts are taken",
    "line-3 refused type: 'text' of line-3 of lyon/line-3 is a text of 300 characters; at most 256 are kept",
    "line-3 refused type: 'unsaid' of line-3 of lyon/line-3 is of no known datatype; numbers, booleans and texts are taken",
  ]);
});

test('past their bounds births are refused, and said', () => {
  const host = open({ nodes: 1, metrics: 12 });
  born(host);
  host.news();
  host.take('DBIRTH', 'saw', { timestamp: T, seq: 2, metrics: Array.from({ length: 5 }, () => ({})) });
  expect(host.news()).toEqual([
    "saw refused cardinality: there are 8 metrics of edge nodes already, so the birth of 'lyon/line-3/saw' is not taken",
  ]);
  const heard = heardOf('NBIRTH', null, { timestamp: T, seq: 0 });
  const other = { ...heard.topic, edge: 'line-4' };
  host.nodes.take({ ...heard, topic: other, device: { ...heard.device, device: 'line-4', area: 'line-4' } });
  expect(host.news()).toEqual([
    "line-4 refused cardinality: there are 1 edge nodes already, so the birth of 'lyon/line-4/line-4' is not taken",
  ]);
  expect([host.nodes.takeRefused(), host.nodes.takeRefused()]).toEqual([2, 0]);
});

test('two of Sparkplug are not one device of ours', () => {
  const host = open();
  born(host);
  host.news();
  const heard = heardOf('DBIRTH', 'press', { ...PRESS_BIRTH, seq: 2 });
  host.nodes.take({ ...heard, topic: { ...heard.topic, device: 'Press' } });
  expect(host.news()).toEqual([
    "press refused topic: 'lyon/line-3/press' of Sparkplug is the device 'lyon/line-3/press' already; this one must have another name",
  ]);
});

test('the owner of a name is known by it', () => {
  const host = open();
  born(host);
  const press = { site: 'lyon', area: 'line-3', device: 'press' };
  expect(host.nodes.owner(press)?.address).toEqual({ ...EDGE, device: 'press' });
  expect(host.nodes.owner({ ...press, device: 'line-3' })?.address).toEqual({ ...EDGE, device: null });
  expect(host.nodes.owner({ ...press, device: 'saw' })).toBeUndefined();
  expect([host.nodes.size, host.nodes.alive, host.nodes.metrics]).toEqual([1, 1, 8]);
});
