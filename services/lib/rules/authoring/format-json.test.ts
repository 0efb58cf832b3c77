import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonTree, plainValue } from '#runtime/json-file.ts';
import { formatJson } from './format-json.ts';
import { formatRuleFile } from './format-rule-file.ts';

const format = (text: string) => formatRuleFile('x.json', text);

function meaning(text: string): unknown {
  const parsed = parseJsonTree(text);
  if (!parsed.ok) throw new Error(`${JSON.stringify(text)}: ${parsed.errors.map(({ why }) => why).join('; ')}`);
  return plainValue(parsed.tree);
}

describe('formatJson()', () => {
  it.each<[what: string, text: string, formatted: string]>([
    ['an empty object', ' { } ', '{}\n'],
    ['an empty list with a break inside', '[\n]', '[]\n'],
    ['a bare value', '  "x"', '"x"\n'],
    ['the fields of a file on lines of their own', '{"a":1,"b":[1,2]}', '{\n  "a": 1,\n  "b": [1, 2]\n}\n'],
    ['an object that its author kept on one line', '{"a":{"b":1}}', '{\n  "a": { "b": 1 }\n}\n'],
    ['an object that its author broke', '{"a":{\n"b":1}}', '{\n  "a": {\n    "b": 1\n  }\n}\n'],
    ['a list that its author broke and that fits', '[\n1,\n2]', '[1, 2]\n'],
    ['numbers as they were written', '[6.0, 1e3, -0]', '[6.0, 1e3, -0]\n'],
    ['texts as they were escaped', '["\\u00b0", "°"]', '["\\u00b0", "°"]\n'],
    ['trailing commas away', '{"a":[1,],}', '{\n  "a": [1]\n}\n'],
    ['one of many blank lines', '{\n"a":1,\n\n\n"b":2}', '{\n  "a": 1,\n\n  "b": 2\n}\n'],
    ['Windows line ends as ours', '{\r\n"a":1\r\n}\r\n', '{\n  "a": 1\n}\n'],
  ])('writes %s', (_, text, formatted) => {
    expect(formatJson(text)).toBe(formatted);
  });

  it('breaks what does not fit into 120 columns, its comma included', () => {
    const inside = (width: number) => `["${'x'.repeat(width - '  [""],'.length)}"]`;
    const linesOf = (width: number) => formatJson(`[${inside(width)}, {\n"a":1}]`).split('\n');
    expect(linesOf(120)[1]).toBe(`  ${inside(120)},`);
    expect(linesOf(120)[1]).toHaveLength(120);
    expect(linesOf(121)[1]).toBe('  [');
  });

  it('keeps every comment with what it stands at', () => {
    const text = `// head
{ "a": { // why
 "b": 1 /* in m */, "c": 2}, // of a
 // above d
 "d": /* before the value */ [ 1, // one
   /* two */ 2
   // end of list
 ],
 "e": 3
 /* end of file's
    object */
} // behind
// tail`;
    expect(formatJson(text)).toBe(`// head
{
  "a": {
    // why
    "b": 1, /* in m */
    "c": 2
  }, // of a
  // above d
  /* before the value */
  "d": [
    1, // one
    /* two */
    2
    // end of list
  ],
  "e": 3
  /* end of file's
    object */
} // behind
// tail
`);
  });

  const comment = fc.constantFrom('', '', '', ' // why\n', '/* here */', '\n// own\n', '\n\n', '/* a\n b */\n');
  const texts = fc.letrec<{ value: string; list: string; object: string; scalar: string }>((tie) => ({
    scalar: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => JSON.stringify(each)),
      fc.string({ unit: 'binary', maxLength: 40 }).map((each) => JSON.stringify(each)),
      fc.constantFrom('true', 'null', '"// no comment"', '"/*"', '1e5'),
    ),
    list: fc
      .array(fc.tuple(comment, tie('value'), comment), { maxLength: 4 })
      .map((items) => `[${items.map((item) => item.join('')).join(',')}${'\n'}]`),
    object: fc
      .array(
        fc.tuple(
          comment,
          fc.constantFrom('"id"', '"inputs"', '"__proto__"', '"condition"', '"metric"', '"\\u0061"', '"x y"'),
          comment,
          tie('value'),
          comment,
        ),
        { maxLength: 5 },
      )
      .map((members) => `{${members.map(([a, key, b, value, c]) => `${a}${key}:${b}${value}${c}`).join(',')}${'\n'}}`),
    value: fc.oneof({ maxDepth: 4 }, tie('scalar'), tie('list'), tie('object')),
  }));

  it('never changes what is meant, loses no comment, and is done after once', () => {
    const words = (text: string) => (text.replace(/"(?:[^"\\]|\\.)*"/g, '').match(/why|here|own|a\n b/g) ?? []).sort();
    fc.assert(
      fc.property(comment, texts.value, comment, (before, value, after) => {
        const text = `${before}${value}${after}`;
        const once = format(text);
        if (typeof once !== 'string') throw new Error(JSON.stringify(once));
        expect(meaning(once)).toEqual(meaning(text));
        expect(words(once)).toEqual(words(text));
        expect(format(once)).toBe(once);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('formatRuleFile()', () => {
  it('orders the keys as the language does, and leaves the names that authors give in their order', () => {
    const text = `{ "condition": true, "id": "x",
      "actions": [{ "to": "shift-lead", "type": "notify", "on": ["active"], "id": "n" }],
      "inputs": { "z": { "fn": "last", "metric": "m" }, "a": "m" }, "mystery": 1 }`;
    expect(format(text)).toBe(`{
  "id": "x",
  "inputs": { "z": { "metric": "m", "fn": "last" }, "a": "m" },
  "condition": true,
  "actions": [{ "id": "n", "on": ["active"], "type": "notify", "to": "shift-lead" }],
  "mystery": 1
}
`);
  });

  it('knows the files of the folder by their place, name and kind', () => {
    const series = '{ "values": "1", "metric": "m", "device": "d" }';
    expect(
      formatRuleFile('x.test.json', `{ "tests": [{ "series": [${series}], "name": "n" }], "kind": "RuleTest" }`),
    ).toBe(`{
  "kind": "RuleTest",
  "tests": [{ "name": "n", "series": [${series}] }]
}
`);
    expect(formatRuleFile('models/x.json', '{ "metrics": {}, "model": "x" }')).toBe(
      '{\n  "model": "x",\n  "metrics": {}\n}\n',
    );
  });

  it('says where a file is no JSON', () => {
    expect(format('{\n  "a": }')).toEqual([
      { file: 'x.json', line: 2, column: 8, message: expect.stringContaining('not valid JSON') },
    ]);
  });

  it('refuses what nests without end instead of ending itself', () => {
    expect(format('['.repeat(100_000))).toEqual([
      expect.objectContaining({ message: expect.stringContaining('nests') }),
    ]);
  });
});
