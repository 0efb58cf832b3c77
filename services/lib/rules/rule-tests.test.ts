// Every rule that ships is run through its own tests, by the engine that runs it live.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJsonFiles } from '#runtime/json-file.ts';
import { readRules } from './rule-files.ts';
import { ruleTestFileSchema } from './testing/rule-test-schema.ts';
import { runRuleTest } from './testing/run-rule-test.ts';

const RULES = path.resolve(import.meta.dirname, '../../../rules');
const { rules, problems } = readRules(RULES);
const tests = readJsonFiles(RULES, (name) => name.endsWith('.test.json'), ruleTestFileSchema);

describe('rules/', () => {
  it('has rules, and every file of it loads', () => {
    expect([...problems, ...tests.problems]).toEqual([]);
    expect(rules.length).toBeGreaterThan(0);
  });

  it('has a test beside every rule', () => {
    const tested = new Set(tests.files.map(({ file }) => path.basename(file, '.test.json')));
    expect(rules.map(({ id }) => id).filter((id) => !tested.has(id))).toEqual([]);
  });

  for (const { file, value } of tests.files) {
    for (const test of value.tests) {
      const id = test.rule ?? path.basename(file, '.test.json');
      it(`${id}: ${test.name}`, () => {
        const rule = rules.find((each) => each.id === id);
        expect(rule, `rule ${id}`).toBeDefined();
        if (rule !== undefined) expect(runRuleTest(rule, test)).toEqual([]);
      });
    }
  }
});
