import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTestFiles } from '../testing/run-test-files.ts';
import { newRuleFiles } from './new-rule-files.ts';
import type { RuleWish } from './rule-wish.ts';

const WISH: RuleWish = {
  id: 'hot',
  metric: 'temperature',
  unit: 'Cel',
  interval: '2s',
  wanted: { kind: 'above', limit: 80 },
  deadband: 2,
  onDelay: '20s',
  offDelay: '30s',
  priority: 'medium',
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-new-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is wrong with the files of a wish: sentences, failures, and what their tests do not reach. */
function wrongWith(wish: RuleWish): unknown[] {
  const files = newRuleFiles(wish, new Map());
  if (Array.isArray(files)) return files;
  writeFileSync(path.join(folder, `${wish.id}.json`), files.rule);
  const test = path.join(folder, `${wish.id}.test.json`);
  writeFileSync(test, files.test);
  const { results, coverage, problems } = runTestFiles([test]);
  rmSync(path.join(folder, `${wish.id}.json`));
  rmSync(test);
  const missing = coverage.flatMap(({ items }) => items.filter((each) => each.missing.length > 0));
  return [...problems, ...results.flatMap(({ failures }) => failures), ...missing];
}

describe('newRuleFiles()', () => {
  const duration = fc.constantFrom('0s', '500ms', '5s', '20s', '90s', '10m');
  const limit = fc.oneof(fc.integer({ min: -500, max: 500 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
  const speed = fc.double({ min: 0.001, max: 1_000, noNaN: true });
  const wanted = fc.oneof(
    fc.record({ kind: fc.constantFrom('above', 'below'), limit }),
    fc.record({
      kind: fc.constantFrom('rising', 'falling'),
      limit: speed,
      window: fc.constantFrom('20s', '1m', '5m'),
      per: fc.constantFrom('1s', '1m', '1h'),
    }),
    fc.record({ kind: fc.constant('silent' as const), after: fc.constantFrom('1s', '10s', '2m', '1h') }),
    fc.record({
      kind: fc.constant('equals' as const),
      value: fc.constantFrom(true, false, 0, 3, 'stopped', 'other', 'ax2', 'x3', 'constructor'),
    }),
  );
  const wishes = fc
    .record({ wanted, onDelay: duration, offDelay: duration, interval: fc.constantFrom(undefined, '1s', '2s', '30s') })
    .map((some): RuleWish => ({ ...WISH, ...some, deadband: undefined }));

  it('makes rules whose own tests pass and reach all of them', () => {
    fc.assert(
      fc.property(wishes, (wish) => {
        expect(wrongWith(wish)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('writes what was wished, in the canonical form', () => {
    const files = newRuleFiles(WISH, new Map());
    expect(files).toMatchObject({ rule: expect.stringContaining('"deadband": 2') });
    if (!Array.isArray(files))
      expect(JSON.parse(files.rule)).toMatchObject({ id: 'hot', name: 'Temperature high', onDelay: '20s' });
  });

  it.each<[change: Partial<RuleWish>, problem: RegExp]>([
    [{ id: '../evil' }, /^--id must be/],
    [{ id: '__proto__' }, /^--id must be/],
    [{ metric: 'a+b' }, /^--metric must be/],
    [{ onDelay: '20' }, /^--on-delay must be a duration/],
    [{ wanted: { kind: 'above', limit: Number.NaN } }, /^--above must be a number/],
    [{ wanted: { kind: 'rising', limit: -1, window: '5m', per: '1m' }, deadband: undefined }, /must be above 0/],
    [{ wanted: { kind: 'silent', after: 'soon' }, deadband: undefined }, /^--silent must be a duration/],
    [{ wanted: { kind: 'equals', value: 'two words' }, deadband: undefined }, /^--equals is a number/],
    [{ wanted: { kind: 'silent', after: '1m' } }, /^--deadband means nothing/],
    [{ deadband: 0 }, /^--deadband must be a number above 0/],
  ])('refuses %j', (change, problem) => {
    expect(newRuleFiles({ ...WISH, ...change }, new Map())).toEqual([expect.stringMatching(problem)]);
  });

  it('asks for what the operator does where it is urgent', () => {
    expect(newRuleFiles({ ...WISH, priority: 'critical' }, new Map())).toHaveLength(2);
    expect(wrongWith({ ...WISH, priority: 'critical', response: 'Close it', timeToRespond: '3m' })).toEqual([]);
  });
});
