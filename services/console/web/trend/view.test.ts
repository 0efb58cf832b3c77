// @vitest-environment node
import { beforeAll, expect, test, vi } from 'vitest';
import { DEFAULT_SPAN } from './span.ts';
import { queryOf, type View, viewOf, withMoved, withoutSeries, withSeries } from './view.ts';

let hrefOf: typeof import('../state/route.ts').hrefOf;
let parseRoute: typeof import('../state/route.ts').parseRoute;
beforeAll(async () => {
  vi.stubGlobal('location', { hash: '' });
  vi.stubGlobal('addEventListener', () => {});
  ({ hrefOf, parseRoute } = await import('../state/route.ts'));
});

const name = (metric: string) => ({ site: 'lyon', area: 'yard', device: 'a.1', metric });
const viewIn = (query: string) => viewOf(new URLSearchParams(query));

test.each<View>([
  { series: [], span: DEFAULT_SPAN },
  { series: [name('t'), name('outer side/b c')], span: { kind: 'live', ms: 3_600_000 } },
  { series: [name('t')], span: { kind: 'live', ms: 12_345 } },
  { series: [name('t')], span: { kind: 'fixed', from: 1_796_065_933_000, to: 1_796_069_533_000 } },
])('a view survives its address: %j', (view) => {
  expect(viewOf(parseRoute(hrefOf('trends', [], queryOf(view))).query)).toEqual(view);
});

test.each([
  ['s=lyon/yard/a.1/t&s=lyon/yard/a.1/t', 1],
  ['s=lyon/yard/a.1', 0],
  ['s=../../../t&s=<script>', 0],
  [Array.from({ length: 12 }, (_, i) => `s=lyon/yard/a/m${i}`).join('&'), 8],
])('of %s the series are those that can be', (query, count) => {
  expect(viewIn(query).series).toHaveLength(count);
});

test.each(['last=', 'last=-5m', 'last=1e9d', 'from=5&to=4', 'from=0&to=9e99', 'from=1', 'from=0&to=9999999999999'])(
  'a time that makes no sense is the usual one: %s',
  (query) => {
    expect(viewIn(query).span).toEqual(DEFAULT_SPAN);
  },
);

test('series are added once and up to eight, taken out and moved', () => {
  const metrics = ['a', 'b', 'c'].map(name);
  const view = metrics.reduce<View>(withSeries, viewIn(''));
  const order = ({ series }: View) => series.map(({ metric }) => metric).join('');
  expect(order(withSeries(view, name('b')))).toBe('abc');
  expect(order(withoutSeries(view, name('b')))).toBe('ac');
  expect(order(withMoved(view, name('c'), -1))).toBe('acb');
  expect(order(withMoved(view, name('a'), -1))).toBe('abc');
  expect(order(withMoved(view, name('c'), 1))).toBe('abc');
  const many = [...'abcdefghijk'].map(name).reduce<View>(withSeries, viewIn(''));
  expect(order(many)).toBe('abcdefgh');
});
