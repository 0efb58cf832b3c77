import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BatchError, decodeBatch, encodePoint, SeriesTable } from './batch.ts';
import { isMetricName, isName } from './name.ts';
import type { Point } from './point.ts';
import { makeSeries } from './series.ts';
import { shardOf } from './shard.ts';

const series = makeSeries({ site: 'lyon', area: 'tank-farm', device: 't1', metric: 'temperature' });
const KEY = 'reading,area=tank-farm,device=t1,metric=temperature,site=lyon';
const TIME = 1_795_355_425_172;

function decode(text: string, table = new SeriesTable()): { points: Point[]; errors: BatchError[] } {
  const points: Point[] = [];
  const errors: BatchError[] = [];
  decodeBatch(
    text,
    table,
    (point) => points.push(point),
    (error) => errors.push(error),
  );
  return { points, errors };
}

/** A seat is the table's own affair, and no line bears it. */
function unseated(point: Point): Point {
  return { ...point, series: { ...point.series, seat: 0 } };
}

/** A table that has met the series, so that the short way through the decoder is taken. */
function warm(): SeriesTable {
  const table = new SeriesTable();
  table.of(series);
  return table;
}

const point = (part: Partial<Point>): Point => ({
  series,
  value: 1,
  quality: 'good',
  measuredAt: TIME,
  late: false,
  ...part,
});

test.each([
  [point({ value: 81.2 }), `${KEY} value=81.2 ${TIME}`],
  [point({ value: -0 }), `${KEY} value=-0 ${TIME}`],
  [point({ value: 5e-324 }), `${KEY} value=5e-324 ${TIME}`],
  [point({ value: 1.7976931348623157e308 }), `${KEY} value=1.7976931348623157e+308 ${TIME}`],
  [point({ value: true }), `${KEY} flag=true ${TIME}`],
  [point({ value: false, quality: 'uncertain' }), `${KEY} flag=false,q=1i ${TIME}`],
  [point({ value: '' }), `${KEY} text="" ${TIME}`],
  [point({ value: 'say "\\"\n', late: true }), `${KEY} text="say \\"\\\\\\"\n",late=true ${TIME}`],
  [point({ value: null, quality: 'bad' }), `${KEY} q=2i ${TIME}`],
  [point({ value: 3, quality: 'bad', late: true, measuredAt: -5 }), `${KEY} value=3,q=2i,late=true -5`],
])('%j is one line, written and read', (given, line) => {
  expect(encodePoint(given)).toBe(line);
  for (const table of [new SeriesTable(), warm()]) {
    const { points, errors } = decode(line, table);
    expect(errors).toEqual([]);
    expect(points).toHaveLength(1);
    expect(points[0]).toEqual(given);
    expect(Object.is(points[0]?.value, given.value)).toBe(true);
  }
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'encodePoint() will not write %d',
  (value) => {
    expect(() => encodePoint(point({ value }))).toThrow(RangeError);
  },
);

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/).filter(isName);
const metric = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._/ -]{0,20}$/).filter(isMetricName);
const anySeries = fc.record({ site: name, area: name, device: name, metric }).map(makeSeries);
/** Texts made of what could break a line, of what looks like a line, and of lone surrogates. */
const hostileText = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\r', ' ', ',', '=', '#', '\0', 'a', '\ud800', 'é', '🛢') }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(`\n${KEY} value=5 7`, `" 5\n${KEY} value=5 7`, ' value=5 7', 'text="', '\\"\\', '\\'),
);
const anyPoint: fc.Arbitrary<Point> = fc
  .record({
    series: fc.oneof(anySeries, fc.constant(series)),
    value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), hostileText, fc.constant(null)),
    quality: fc.constantFrom('good', 'uncertain', 'bad'),
    measuredAt: fc.maxSafeInteger(),
    late: fc.boolean(),
  })
  .map((each) => (each.value === null ? { ...each, quality: 'bad' as const } : each));

test('decodeBatch() of encodePoint() is the same points in the same order', () => {
  fc.assert(
    fc.property(fc.array(anyPoint, { maxLength: 12 }), (given) => {
      const batch = given.map(encodePoint).join('\n');
      for (const table of [new SeriesTable(), warm(), new SeriesTable(2)]) {
        const { points, errors } = decode(batch, table);
        expect({ points: points.map(unseated), errors }).toEqual({ points: given, errors: [] });
      }
    }),
    { numRuns: 500 },
  );
});

test('the batch survives the bytes of the wire, but for what UTF-8 has no form for', () => {
  fc.assert(
    fc.property(fc.array(anyPoint, { maxLength: 8 }), (given) => {
      const { points, errors } = decode(Buffer.from(given.map(encodePoint).join('\n')).toString());
      expect(errors).toEqual([]);
      expect(points.map(unseated)).toEqual(
        given.map((each) => (typeof each.value === 'string' ? { ...each, value: each.value.toWellFormed() } : each)),
      );
    }),
  );
});

test('garbage never throws, and never costs a good line before it or after it', () => {
  const good = encodePoint(point({ value: 42 }));
  // A text that garbage opens may run to a quote further on, so the garbage here holds no quote; see the next test.
  const garbage = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('"', '').replaceAll('\n', ' '));
  fc.assert(
    fc.property(garbage, garbage, (before, after) => {
      const { points } = decode([good, before, good, after, good].join('\n'), warm());
      expect(points.filter((each) => each.value === 42 && each.series.key === KEY).length).toBeGreaterThanOrEqual(3);
    }),
    { numRuns: 1_000 },
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void decode(text)));
});

test.each([`${KEY} text="never closed ${TIME}`, `${KEY} text="ends in a backslash\\`, 'text="'])(
  'a text that is never closed does not swallow the lines behind it: %s',
  (bad) => {
    const { points, errors } = decode([bad, encodePoint(point({ value: 42 }))].join('\n'), warm());
    expect(points.map((each) => each.value)).toEqual([42]);
    expect(errors).toHaveLength(1);
  },
);

test.each([
  ['', []],
  ['\n\n  \n', []],
  ['nonsense', ['missing fields']],
  [`${KEY} value= ${TIME}`, ['missing field value']],
  [`${KEY} value=1 `, ['a reading needs a timestamp']],
  [`${KEY} value=1`, ['a reading needs a timestamp']],
  [`${KEY} value=0x10 ${TIME}`, ['invalid number']],
  [`${KEY} value=NaN ${TIME}`, ['invalid number']],
  [`${KEY} value=1e999 ${TIME}`, ['invalid float']],
  [`${KEY} value=1i ${TIME}`, ["field 'value' of type integer has no meaning in a reading"]],
  [`${KEY} other=1 ${TIME}`, ["field 'other' of type float has no meaning in a reading"]],
  [`${KEY} q=3i ${TIME}`, ['quality q is 3, not 0, 1 or 2']],
  [`${KEY} q=0i ${TIME}`, ['a reading needs a value, a flag or a text']],
  [`${KEY} late=true ${TIME}`, ['a reading needs a value, a flag or a text']],
  [`${KEY} value=1 1.5`, ['bad timestamp']],
  [`${KEY} value=1 99999999999999999999`, ['timestamp 99999999999999999999 is out of range']],
  [`alarm_event,site=a value=1 ${TIME}`, ["measurement is 'alarm_event', not 'reading'"]],
  [`reading,area=a,device=d,metric=m value=1 ${TIME}`, ['a reading needs the tags site, area, device and metric']],
  [`reading,area=..,device=d,metric=m,site=s value=1 ${TIME}`, ['site, area, device or metric is not a valid name']],
])('decodeBatch() says of %j what is wrong', (text, reasons) => {
  for (const table of [new SeriesTable(), warm()]) {
    const { points, errors } = decode(text, table);
    expect(points).toEqual([]);
    expect(errors.map((error) => error.reason)).toEqual(reasons);
  }
});

test('any writer of line protocol is understood: other order of tags, other spellings', () => {
  const text = `reading,site=lyon,metric=temperature,device=t1,area=tank-farm value=1.50e1,q=0i +${TIME}\r\n`;
  expect(decode(text).points).toEqual([point({ value: 15 })]);
});

test('SeriesTable gives one object per series, by name and by key', () => {
  const table = new SeriesTable();
  const first = table.of(series);
  expect(table.of({ ...series })).toBe(first);
  expect(table.byKey(KEY)).toBe(first);
  expect(first).toEqual({ ...series, key: KEY, shard: shardOf('lyon', 'tank-farm') });
});

test('a metric with spaces and slashes is a key that InfluxDB reads back', () => {
  const odd = makeSeries({ site: 's', area: 'a', device: 'd', metric: 'Node Control/Rebirth' });
  expect(odd.key).toBe('reading,area=a,device=d,metric=Node\\ Control/Rebirth,site=s');
  expect(decode(encodePoint(point({ series: odd }))).points[0]?.series).toEqual(odd);
});

test('SeriesTable stays within its limit and forgets nothing that matters', () => {
  const table = new SeriesTable(3);
  const names = Array.from({ length: 10 }, (_, i) => ({ site: 's', area: 'a', device: `d${i}`, metric: 'm' }));
  for (const each of names) expect(table.of(each)).toEqual({ ...makeSeries(each), seat: expect.any(Number) });
  expect(names.filter((each) => table.byKey(makeSeries(each).key) !== undefined).length).toBeLessThanOrEqual(3);
});

test('a series is made once and keeps its seat; series of one table at one time have seats of their own', () => {
  const table = new SeriesTable(3);
  const of = (device: string) => table.of({ site: 's', area: 'a', device, metric: 'm' });
  const first = ['d0', 'd1', 'd2'].map(of);
  expect(first.map(({ seat }) => seat)).toEqual([0, 1, 2]);
  expect(['d0', 'd1', 'd2'].map(of).every((each, i) => each === first[i])).toBe(true);
  // Past its limit the table starts anew: a seat is then given again, so who keeps by seat must look whose it is.
  expect(of('d3')).toMatchObject({ device: 'd3', seat: 0 });
});

test('a batch of flags is read in time that grows with its length, not with its square', () => {
  const time = (lines: number) => {
    const flag = encodePoint(point({ value: true }));
    const text = Array.from({ length: lines }, () => flag).join('\n');
    const startedAt = performance.now();
    expect(decode(text, warm()).points).toHaveLength(lines);
    return performance.now() - startedAt;
  };
  time(1_000);
  // Sixteen times the lines: 256 times the work were it quadratic. The bound leaves room for a busy machine.
  expect(time(16_000)).toBeLessThan(Math.max(time(1_000), 1) * 80);
});
