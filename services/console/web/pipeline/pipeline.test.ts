import { expect, test, vi } from 'vitest';
import type { ServiceStatus } from '#domain/service.ts';
import { PIPELINE_NUMBERS, type PipelineView } from '../../api/pipeline.ts';
import { START, sampleAlarm } from '../../testing.ts';
import { flowName, TALL, WIDE } from './drawing-plan.ts';
import { type Fault, findFaults, type Known as KnownFacts, wayOf } from './faults.ts';
import { numberText } from './number-text.ts';
import { LOOKS, type Reading, readingsOf, together } from './reading.ts';
import type { ServiceLine } from './service-table.tsx';
import { sparkPath } from './sparkline.tsx';
import { FLOWS, healthOf, STATIONS } from './stations.ts';

vi.hoisted(() => vi.stubGlobal('location', { hash: '' }));
vi.hoisted(() => vi.stubGlobal('addEventListener', () => {}));

const status = (changes: Partial<ServiceStatus> = {}): ServiceStatus => ({
  ...{ service: 'writer', id: 'writer', status: 'up', since: START, version: '1.0.0' },
  ...changes,
});
const line = (device: string, changes: Partial<ServiceStatus> = {}, toldAt: number | null = null): ServiceLine => ({
  status: status({ service: device, id: device, ...changes }),
  device,
  toldAt,
});
const reading = (id: Reading['id'], value: Reading['value'], device = 'writer'): Reading => ({
  ...{ id, device, value, at: START, told: [] },
});

const LATER = START + 600_000;
const facts = (changes: Partial<KnownFacts> = {}): KnownFacts => ({
  ...{ broker: null, lines: [], readings: [], everyMs: 30_000, alarms: [], now: LATER },
  ...changes,
});
const kinds = (faults: readonly Fault[]) => faults.map((fault) => fault.is);

test.each([
  ['points', 0, '0/s'],
  ['points', 0.004, '< 0.01/s'],
  ['points', 0.25, '0.25/s'],
  ['points', 3.14, '3.1/s'],
  ['points', 1234.4, '1234/s'],
  ['queued', 12, '12'],
  ['lag', 0, '0 s'],
  ['lag', 0.0756, '76 ms'],
  ['lag', 42.2, '42 s'],
  ['journal', 0, '0 B'],
  ['journal', 64_123, '64 kB'],
  ['journal', 2_500_000, '2.5 MB'],
  ['brokerSync', 0.25, '25 %'],
  ['points', null, 'not known'],
  ['queryP99', 'none', 'none came'],
] as const)('%s of %s reads %s', (id, value, text) => {
  expect(numberText(id, value)).toBe(text);
});

const view = (told: PipelineView['numbers'][number]['told'], id: Reading['id'] = 'lag'): PipelineView => ({
  everyMs: 30_000,
  numbers: [{ id, device: 'writer', told }],
});

const at = (now: number, changes?: Partial<ServiceStatus>) => ({
  now,
  statuses: new Map(changes === undefined ? [] : [['writer', status(changes)]]),
});

test.each([
  ['is down', { status: 'down' }, null],
  ['is being started again', { status: 'restarting' }, null],
  ['came in the place of the one that told it', { since: START + 1 }, null],
  ['told it', { since: START }, 3],
] as const)('a number is one of now where its process %s: %o, %s', (_, changes, value) => {
  expect(readingsOf(view([[START, 3]]), at(START + 1_000, changes))[0]?.value).toBe(value);
});

test('a number that is too old to be true now is not known', () => {
  const valueAt = (now: number) => readingsOf(view([[START, 3]]), at(now))[0]?.value;
  expect([valueAt(START + 100_000), valueAt(START + 123_000)]).toEqual([3, null]);
});

test('a number of events says that none came, where its process told of others; one of a state is not known', () => {
  expect(readingsOf(view([[START, null]], 'queryP99'), at(START))[0]?.value).toBe('none');
  expect(readingsOf(view([[START, null]], 'queryP99'), at(LATER))[0]?.value).toBe(null);
  expect(readingsOf(view([[START, null]]), at(START))[0]?.value).toBe(null);
});

test('of several processes rates are added, the worst lag counts, and a missing one leaves nothing to say', () => {
  expect(together([reading('stored', 3), reading('stored', 4, 'writer-1')], 'stored')).toBe(7);
  expect(together([reading('lag', 3), reading('lag', 9, 'writer-1')], 'lag')).toBe(9);
  expect(together([reading('stored', 3), reading('stored', null, 'writer-1')], 'stored')).toBe(null);
  expect(together([reading('queryP99', 'none'), reading('queryP99', 1, 'b')], 'queryP99')).toBe(1);
  expect(together([], 'lag')).toBe(null);
});

const LIVE = { link: 'live', broker: null } as const;

test.each([
  ['one that is up', [status()], LIVE, 'up'],
  ['one that is down', [status({ status: 'down' })], LIVE, 'down'],
  ['one of two', [status(), status({ id: '1', status: 'down' })], LIVE, 'some'],
  ['none of two', [status({ status: 'restarting' }), status({ id: '1', status: 'down' })], LIVE, 'down'],
  ['nothing heard', [], LIVE, 'unheard'],
  ['no link', [status()], { link: 'lost', broker: null }, 'unknown'],
  ['no broker', [status()], { link: 'live', broker: 'refused' }, 'unknown'],
] as const)('a station with %s', (_, statuses, reach, state) => {
  expect(healthOf('writer', statuses, reach).state).toBe(state);
});

test('where no broker or store of ours speaks, another stands there', () => {
  expect([healthOf('broker', [], LIVE).state, healthOf('historian', [], LIVE).state]).toEqual([
    'elsewhere',
    'elsewhere',
  ]);
});

test('nothing is wrong where all are up and tell their numbers', () => {
  const lines = ['broker', 'writer', 'console'].map((device) => line(device, {}, LATER - 20_000));
  expect(findFaults(facts({ lines, readings: [reading('lag', 1), reading('refused', 0)] }))).toEqual([]);
});

test('without the broker nothing else is known to be wrong', () => {
  const lines = [line('writer', { status: 'down' })];
  expect(kinds(findFaults(facts({ broker: 'refused', lines })))).toEqual(['broker-lost']);
});

test('what is down and what services say of themselves comes first', () => {
  const lines = [
    line('rules', { problems: [{ id: 'disk-space', text: 'The disk is full.' }] }, LATER),
    line('writer', { status: 'down' }),
  ];
  const faults = findFaults(facts({ lines, readings: [reading('refused', 2)] }));
  expect(kinds(faults)).toEqual(['not-up', 'problem', 'number']);
  expect(faults.map(wayOf)).toEqual(['pipeline-alarms', 'pipeline-alarms', 'rejects']);
});

test('a service whose numbers end is silent; one that has just come is not', () => {
  const lines = [line('broker', {}, LATER), line('console', {}, LATER), line('writer', {}, LATER - 130_000)];
  expect(findFaults(facts({ lines }))).toEqual([{ is: 'silent', device: 'writer', since: LATER - 130_000 }]);
  const fresh = [line('console', {}, LATER), line('writer', { since: LATER - 10_000 })];
  expect(findFaults(facts({ lines: fresh }))).toEqual([]);
});

test('a console that has just been started has heard nobody, and says nothing of it', () => {
  const lines = [line('writer'), line('rules'), line('console', { since: LATER - 10_000 })];
  expect(findFaults(facts({ lines }))).toEqual([]);
});

test('where nobody is heard any more the way itself is broken, and that is said once', () => {
  const lines = ['broker', 'ingest', 'console'].map((device) => line(device, {}, LATER - 200_000));
  expect(kinds(findFaults(facts({ lines })))).toEqual(['all-silent']);
});

test('where services are told not to tell, that is said, and no silence', () => {
  expect(kinds(findFaults(facts({ everyMs: 0, lines: [line('writer'), line('console')] })))).toEqual(['never-told']);
  expect(findFaults(facts({ everyMs: null, lines: [line('writer'), line('console')] }))).toEqual([]);
});

test('alarms of the pipeline that no problem of a service stands for are told', () => {
  const alarms = [{ ...sampleAlarm(), id: 'penstock/pipeline/a/b' }];
  expect(findFaults(facts({ alarms }))).toEqual([{ is: 'alarms', count: 1 }]);
});

test.each([
  ['unsent', 30, 31],
  ['brokerSync', 0.8, 0.9],
  ['queueDropped', 0, 0.1],
] as const)('%s is a fault past %s', (id, calm, wrong) => {
  expect(findFaults(facts({ readings: [reading(id, calm)] }))).toEqual([]);
  expect(findFaults(facts({ readings: [reading(id, wrong)] }))).toEqual([{ is: 'number', id, value: wrong }]);
  expect(findFaults(facts({ readings: [reading(id, null)] }))).toEqual([]);
});

test('a sparkline is broken where nothing is known, and empty where one cannot see anything', () => {
  expect(sparkPath([])).toBe('');
  expect(sparkPath([[START, 1]])).toBe('');
  const path = sparkPath([
    [START, 1],
    [START + 1, 2],
    [START + 2, null],
    [START + 3, 2],
    [START + 4, 0],
  ]);
  expect(path).toBe('M2.0 10.0L25.0 2.0M71.0 2.0L94.0 18.0');
});

test.each([
  ['wide', WIDE],
  ['tall', TALL],
])('the %s drawing has a place for everything, within its edges and apart', (_, plan) => {
  const { box, places, flows } = plan;
  for (const station of STATIONS) {
    const { x, y } = places[station];
    expect([x >= 0, y >= 0, x + box.width <= plan.width, y + box.height <= plan.height]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    for (const other of STATIONS.filter((each) => each !== station)) {
      const isApart = Math.abs(places[other].x - x) >= box.width || Math.abs(places[other].y - y) >= box.height;
      expect(isApart, `${station} and ${other}`).toBe(true);
    }
  }
  for (const flow of FLOWS) expect(flows[flowName(flow)].labels).toHaveLength(flow.numbers.length);
});

test('every number has a look', () => {
  expect(Object.keys(LOOKS)).toEqual(Object.keys(PIPELINE_NUMBERS));
});
