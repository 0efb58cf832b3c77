import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRules } from './check-rules.ts';
import { CODES } from './finding.ts';
import { findingsOf, MODELS, SOUND } from './testing.ts';

const text = (rule: object) => JSON.stringify(rule);

describe('checkRules()', () => {
  it('refuses a file with an error as a whole, and no other', () => {
    const { rules, findings } = checkRules([
      { file: 'broken.json', text: '{ "id": "broken", ' },
      { file: 'sound.json', text: text(SOUND) },
      { file: 'wrong.json', text: text({ ...SOUND, id: 'wrong', condition: { '>': [] } }) },
      { file: 'off.json', text: text({ ...SOUND, id: 'off', mode: 'disabled' }) },
    ]);
    expect(rules.map(({ id }) => id)).toEqual(['sound']);
    expect([...new Set(findings.map(({ file, code }) => `${file} ${code}`))]).toEqual([
      'broken.json JSON',
      'wrong.json RULE',
    ]);
  });

  it('tells everything that is wrong at once: with the file, with its expressions and with its words', () => {
    const rule = { ...SOUND, id: 'other', priority: 'high', condition: { '>': [{ var: 'tmp' }, { param: 'x' }] } };
    const { findings } = checkRules([{ file: 'sound.json', text: text(rule) }]);
    expect(findings.map(({ code }) => code).toSorted()).toEqual(['R001', 'R001', 'R010', 'RULE']);
  });

  it('rules of a cycle are refused; one that is refused already breaks the cycle', () => {
    const a = { ...SOUND, id: 'a', inhibitedBy: [{ rule: 'b' }] };
    const b = { ...SOUND, id: 'b', condition: { alarm: 'a' } };
    const check = (second: object) =>
      checkRules([a, second].map((rule) => ({ file: `${(rule as { id: string }).id}.json`, text: text(rule) })));
    expect(check(b).rules).toEqual([]);
    expect(check({ ...b, onDelay: '5' }).rules.map(({ id }) => id)).toEqual(['a']);
    expect(check({ ...b, mode: 'disabled' }).rules.map(({ id }) => id)).toEqual(['a']);
  });

  it('the name of what is no .json file says nothing of the id', () => {
    expect(checkRules([{ file: 'stdin', text: text(SOUND) }]).findings).toEqual([]);
  });

  it('takes comments and Windows line ends for what they are', () => {
    const written = `{\r\n  // why\r\n  "id": "sound",\r\n  "inputs": { "temp": "temperature" },\r\n  "condition": { ">": [{ "var": "tmp" }, 80] }\r\n}`;
    expect(checkRules([{ file: 'sound.json', text: written }]).findings).toMatchObject([
      { line: 5, column: 33, endColumn: 38 },
    ]);
  });

  it('checks 3,000 rules in seconds, however alike they are', () => {
    const rules = Array.from({ length: 3_000 }, (_, i) => ({ ...SOUND, id: `r${i}`, scope: { devices: [`d${i}`] } }));
    const startedAt = performance.now();
    expect(findingsOf(rules)).toEqual([]);
    // None of them stands in the files of a plant as large.
    const devices = new Map(
      Array.from({ length: 10_000 }, (_, i) => {
        const place = { site: 's', area: 'a', device: `x${i}` };
        return [`s/a/x${i}`, { ...place, model: null, role: null, labels: { line: `L${i}` } }];
      }),
    );
    expect(findingsOf(rules, { devices })).toHaveLength(3_000);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});

describe('whatever stands in a file', () => {
  const holds = (written: string) => {
    const { rules, findings } = checkRules([{ file: 'sound.json', text: written }], { models: MODELS });
    const lines = written.split('\n');
    for (const { line, column, endColumn = column, code, message } of findings) {
      expect(CODES).toContain(code);
      expect(message).not.toBe('');
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
      expect(endColumn).toBeGreaterThanOrEqual(column);
      expect(endColumn).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
    }
    if (rules.length === 0) expect(findings.some(({ level }) => level === 'error')).toBe(true);
  };

  it('any text gives findings with a place inside it, and never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), holds), { numRuns: 3_000 });
  });

  it('any JSON does', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), holds), { numRuns: 3_000 });
  });

  it('any rule in which one value is another does', () => {
    const rule = {
      ...SOUND,
      ...{ scope: { model: 'tank', labels: { a: 'b' } }, params: { limit: { default: 3, unit: 'Cel' } } },
      levels: [{ priority: 'high', condition: { and: [{ '>': [{ var: 'temp' }, { param: 'limit' }] }] }, deadband: 2 }],
      ...{
        inhibitedBy: [{ rule: 'x', equal: ['site'] }],
        noData: { action: 'alarm', after: '5m' },
        labels: { team: '{{device}}' },
      },
      actions: [
        {
          id: 'a',
          on: ['active'],
          type: 'command',
          target: { device: 'd' },
          command: 'c',
          verify: { condition: true, within: '1s' },
        },
      ],
      condition: undefined,
    };
    const paths = pathsIn(JSON.parse(text(rule)));
    const other = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('__proto__', 'constructor', '', '5s', { var: 'temp' }, { toString: [] }, 1e308, -0, {
        __proto__: null,
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), other, (place, value) => {
        holds(JSON.stringify(replaced(JSON.parse(text(rule)), place, value), null, 2));
      }),
      { numRuns: 3_000 },
    );
  });
});

function pathsIn(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, each]) => pathsIn(each, [...at, key]))];
}

function replaced(whole: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const object = whole as Record<string, unknown>;
  object[key] = replaced(object[key], rest, value);
  return object;
}
