// Where in a payload each format says that something is wrong.

import { encode } from 'cborg';
import { expect, test } from 'vitest';
import { REJECTED_PAYLOAD_MAX } from '#domain/rejected.ts';
import type { Layout } from '#runtime/binary-layout.ts';
import { readPayload } from '../reading.ts';
import { NO_OPTIONS, placed } from '../record.ts';
import { metricMap } from '../sources/metric-map.ts';
import type { FormatName } from './formats.ts';
import { decode, NOW } from './testing.ts';

const envelope = (record: string) => `{"v":1,"b":1,"r":[{"n":1,"m":{}},${record}]}`;
const LONG = 'x'.repeat(300);

test.each<[FormatName, string, string | undefined]>([
  ['json', '{"a": 1,, "b": 2}', 'character 9'],
  ['json', '', undefined],
  ['json', '{"ts": "now", "a": 1}', 'ts'],
  ['json', '{"q": 7, "a": 1}', 'q'],
  ['json', `{"energy": {"phases": [1, "${LONG}"]}}`, 'energy.phases.1'],
  ['json', '{"v":2,"b":1,"r":[]}', 'v'],
  ['json', '{"v":1,"b":-1,"r":[]}', 'b'],
  ['json', envelope('5'), 'r[1]'],
  ['json', envelope('{"n":-1}'), 'r[1].n'],
  ['json', envelope('{"n":2,"ts":"now"}'), 'r[1].ts'],
  ['json', envelope('{"n":2,"m":[]}'), 'r[1].m'],
  ['json', envelope('{"n":2,"m":{"a":1},"q":{"a":9}}'), 'r[1].q.a'],
  ['json', envelope(`{"n":2,"m":{"a":"${LONG}"}}`), 'r[1].m.a'],
  ['senml-json', '[{"n":"a","v":1},{"n":"b","v":"hot"}]', 'record 1'],
  ['senml-json', '[{"n":"a" "v":1}]', 'character 11'],
  ['csv', 'a,b\n1,2\n3\n', 'line 3'],
  ['csv', 'a\n"open\n', 'line 2'],
  ['csv', 'ts,a\nnoon,1\n', 'line 2'],
  ['line-protocol', 'a value=1\nb value=\n', 'line 2'],
  ['line-protocol', `a text="${LONG}"\n`, 'line 1'],
])('%s %j is wrong at %s', (format, payload, place) => {
  expect(decode(format, payload).refusals.map((refusal) => refusal.place)).toEqual([place]);
});

test('SenML in CBOR counts records as SenML in JSON does', () => {
  const pack = encode([
    new Map([[0, 'a']]),
    new Map<number, unknown>([
      [0, 'b'],
      [2, 'hot'],
    ]),
  ]);
  expect(decode('senml-cbor', pack).refusals).toMatchObject([{ reason: 'type', place: 'record 1' }]);
});

const LAYOUT: Layout = {
  endian: 'big',
  fields: [
    { metric: 'level', type: 'u8', at: 0 },
    { metric: 'mode', type: 'u8', at: 1, values: { '0': 'off' } },
  ],
};

test('a binary field that cannot be is at its byte', () => {
  expect(decode('binary', Buffer.from([1, 9]), { layouts: [LAYOUT] }).refusals).toMatchObject([{ place: 'byte 1' }]);
});

test('what stands inside another payload is placed within that one', () => {
  const inside = { member: 'uplink.data', encoding: 'hex' } as const;
  const read = (payload: string) =>
    readPayload(
      Buffer.from(payload),
      { format: 'binary', options: NO_OPTIONS, inside, map: null },
      { metric: null, now: NOW, bytesMax: 1_000, layouts: [LAYOUT] },
    ).refusals.map(({ place }) => place);
  expect(read('{"uplink":{"data":"0109"}}')).toEqual(['uplink.data, byte 1']);
  expect(read('{"uplink":{"data":"0100ff"}}')).toEqual([]);
  expect(read('{"uplink":{"data":"01"}}')).toEqual(['uplink.data']);
  expect(read('{"uplink":{"data":"xyz"}}')).toEqual(['uplink.data']);
});

test('what stands there as an object has the places of the payload that came, and the time that is said around it', () => {
  const inside = { member: 'up.object', encoding: 'json', time: 'at' } as const;
  const read = (payload: object) =>
    readPayload(
      Buffer.from(JSON.stringify(payload)),
      { format: 'json', options: NO_OPTIONS, inside, map: () => ({ reason: 'metric', message: 'no' }) },
      { metric: null, now: NOW, bytesMax: 1_000, layouts: [] },
    );
  const said = read({ at: 1_795_355_425, up: { object: { a: { b: 1 } } } });
  expect(said.refusals).toMatchObject([{ place: 'up.object.a.b' }]);
  expect(said.records).toMatchObject([{ measuredAt: 1_795_355_425_000 }]);
  expect(read({ at: 5, up: { object: { ts: 1_795_355_426, a: 1 } } }).records).toMatchObject([
    { measuredAt: 1_795_355_426_000 },
  ]);
  expect(read({ up: { object: { a: 1 } } }).records).toMatchObject([{ measuredAt: null }]);
  expect(read({ at: 'noon', up: { object: { a: 1 } } }).refusals).toMatchObject([{ reason: 'time', place: 'at' }]);
  const deep = `{"up":{"object":${'['.repeat(8_000)}${']'.repeat(8_000)}}}`;
  const options = { format: 'json', options: NO_OPTIONS, inside, map: null } as const;
  const context = { metric: null, now: NOW, bytesMax: 100_000, layouts: [] };
  expect(readPayload(Buffer.from(deep), options, context).refusals).toMatchObject([{ place: 'up.object' }]);
  expect(read({ up: { object: 5 } }).refusals).toMatchObject([{ reason: 'shape', place: 'up.object' }]);
  expect(read({ up: { object: { ts: 'noon', a: 1 } } }).refusals).toMatchObject([{ place: 'up.object.ts' }]);
});

/** Where a metric that is refused later, when its device is known, is said to stand. */
function placesOf(format: FormatName, payload: string): (string | undefined)[] {
  const { records } = decode(format, payload);
  return records.flatMap((record) =>
    record.metrics.map((raw) => placed({ reason: 'metric', message: '' }, record, raw).place),
  );
}

test('metrics know where they stand', () => {
  expect(placesOf('json', envelope('{"n":2,"m":{"a":1,"b":{"c":2}}}'))).toEqual(['r[1].m.a', 'r[1].m.b.c']);
  expect(placesOf('json', '{"a":1,"b":[2]}')).toEqual(['a', 'b.0']);
  expect(placesOf('csv', 'a\n1\n2')).toEqual(['line 2', 'line 3']);
  expect(placesOf('line-protocol', 'a value=1\n\nb x=1')).toEqual(['line 1', 'line 3']);
});

test('a metric that a source renames stands where its sender put it, and a name without end is cut', () => {
  const map = metricMap({
    metrics: { t: 'temperature', p: { metric: 'power', values: { on: true } } },
    otherMetrics: 'keep',
  });
  const reading = { format: 'json', options: NO_OPTIONS, inside: null, map } as const;
  const context = { metric: null, now: NOW, bytesMax: REJECTED_PAYLOAD_MAX, layouts: [] };
  const { records, refusals } = readPayload(Buffer.from(`{"t":1,"p":"dim","${LONG}":2}`), reading, context);
  expect(refusals).toMatchObject([{ reason: 'type', place: 'p' }]);
  const [record] = records;
  if (record === undefined) throw new Error('the payload has a record');
  const places = record.metrics.map((raw) => placed({ reason: 'type', message: '' }, record, raw).place);
  expect(places).toEqual(['t', 'x'.repeat(128)]);
});
