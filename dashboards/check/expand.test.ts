import { expect, test } from 'vitest';
import { expandMacros, expandVariables, variablesIn } from './expand.ts';

const MANY = { name: 'area', type: 'query', multi: true, includeAll: true };
const ONE = { name: 'device', type: 'query', multi: false, includeAll: false };
const TIER = { name: 'tier', type: 'custom', multi: false, includeAll: false };

test.each([
  ['"area" =~ /^$area$/', ['tank-farm', 'a.b'], '"area" =~ /^(tank-farm|a\\.b)$/'],
  ['"area" =~ /^$area$/', 'a.b', '"area" =~ /^a\\.b$/'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as Grafana writes it
  ['"area" =~ /^${area}$/', ['7'], '"area" =~ /^(7)$/'],
  ['"area" =~ /^[[area]]$/', ['x/y'], '"area" =~ /^(x\\/y)$/'],
] as const)('%s of several is a group of alternatives, of one repeated panel that one', (text, value, expanded) => {
  expect(expandVariables(text, [MANY], new Map([['area', value]]))).toBe(expanded);
});

test('a single value is escaped between slashes, and left as it is elsewhere', () => {
  const chosen = new Map([
    ['device', 'p.1'],
    ['tier', 'r1m'],
  ]);
  expect(expandVariables('"device" =~ /^$device$/', [ONE, TIER], chosen)).toBe('"device" =~ /^p\\.1$/');
  expect(expandVariables('FROM "plant"."$tier"."reading"', [ONE, TIER], chosen)).toBe('FROM "plant"."r1m"."reading"');
});

test('a variable that is not there is an error, a macro is none', () => {
  expect(() => expandVariables('"x" =~ /^$nothing$/', [], new Map())).toThrow('$nothing');
  expect(expandVariables('$timeFilter $__interval', [], new Map())).toBe('$timeFilter $__interval');
  expect(variablesIn('$timeFilter $tag_device [[area]] $__interval $A')).toEqual(['area']);
});

test.each([
  [5 * 60_000, '1s'],
  [3 * 3_600_000, '10s'],
  [6 * 3_600_000, '20s'],
  [24 * 3_600_000, '1m'],
  [30 * 86_400_000, '30m'],
  [5 * 365 * 86_400_000, '1d'],
])('over %d ms and 1,000 points the interval is %s', (rangeMs, interval) => {
  expect(expandMacros('WHERE $timeFilter GROUP BY time($__interval)', { from: 0, to: rangeMs })).toBe(
    `WHERE time >= 0ms and time <= ${rangeMs}ms GROUP BY time(${interval})`,
  );
});
