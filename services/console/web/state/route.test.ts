// @vitest-environment node
import { beforeAll, describe, expect, it, vi } from 'vitest';

let hrefOf: typeof import('./route.ts').hrefOf;
let parseRoute: typeof import('./route.ts').parseRoute;

beforeAll(async () => {
  vi.stubGlobal('location', { hash: '' });
  vi.stubGlobal('addEventListener', () => {});
  ({ hrefOf, parseRoute } = await import('./route.ts'));
});

describe('parseRoute()', () => {
  it.each([
    ['', 'alarms', [], ''],
    ['#', 'alarms', [], ''],
    ['#/trends', 'trends', [], ''],
    ['#/trends/?s=a%2Fb', 'trends', [], 's=a%2Fb'],
    ['#/alarms/lyon/tank-farm/r/i?filter=unacked', 'alarms', ['lyon', 'tank-farm', 'r', 'i'], 'filter=unacked'],
    ['#/rules/a%20b', 'rules', ['a b'], ''],
    ['#/rules/100%', 'rules', ['100%'], ''],
    ['#/nowhere/at/all?x=1', 'alarms', [], ''],
    ['#/devices?a=1?b=2', 'devices', [], 'a=1%3Fb%3D2'],
  ])('%s', (hash, page, steps, query) => {
    const route = parseRoute(hash);
    expect([route.page, route.steps, route.query.toString()]).toEqual([page, steps, query]);
  });
});

it('hrefOf() gives what parseRoute() reads, whatever the steps and the query hold', () => {
  const steps = ['a/b', '?', '#', '%', '\u202eabc'];
  const route = parseRoute(hrefOf('rules', steps, { q: '&=?#/ ü', none: undefined }));
  expect([route.page, route.steps, [...route.query]]).toEqual(['rules', steps, [['q', '&=?#/ ü']]]);
});

it('hrefOf() says a list once for each of its members', () => {
  expect(hrefOf('trends', [], { s: ['a/b', 'c'], last: '1h' })).toBe('#/trends?s=a%2Fb&s=c&last=1h');
  expect(hrefOf('trends', [], { s: [] })).toBe('#/trends');
});
