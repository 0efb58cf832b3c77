// Every rule that ships is run through its own tests, by the engine that runs it live, and its tests reach all of it.

import { globSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRules } from './rule-files.ts';
import { failureText } from './testing/compare-expectation.ts';
import { runTestFiles } from './testing/run-test-files.ts';

const RULES = path.resolve(import.meta.dirname, '../../../rules');
const { rules, problems } = readRules(RULES);
const runs = runTestFiles(globSync(path.join(RULES, '*.json')).sort());

describe('rules/', () => {
  it('has rules, and every file of it loads', () => {
    expect([...problems, ...runs.problems]).toEqual([]);
    expect(rules.length).toBeGreaterThan(0);
  });

  it.each(runs.results.map((result) => [`${result.rule}: ${result.name}`, result] as const))(
    '%s',
    (_, { failures }) => {
      expect(failures.map(failureText)).toEqual([]);
    },
  );

  it.each(rules.map(({ id }) => id))('%s is reached by its tests, every arm, action and suppression of it', (id) => {
    const coverage = runs.coverage.find(({ rule }) => rule === id);
    expect(coverage?.items.filter(({ missing }) => missing.length > 0)).toEqual([]);
  });
});
