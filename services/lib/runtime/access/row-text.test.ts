import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonTree, plainValue } from '../json-file.ts';
import { editRows } from './row-text.ts';

const editRow = (text: string, [section, name]: readonly [string, string], value: unknown) =>
  editRows(text, section, new Map([[name, value]]));

const parsed = (text: string) => {
  const tree = parseJsonTree(text);
  return tree.ok ? plainValue(tree.tree) : tree.errors;
};

test('rows come one a line, and go again', () => {
  const one = editRow('{\n  "users": {}\n}\n', ['users', 'anna'], { role: 'viewer', serial: 2 });
  expect(one).toBe('{\n  "users": {\n    "anna": { "role": "viewer", "serial": 2 }\n  }\n}\n');
  const two = editRow(one, ['users', 'ben'], { role: 'operator' });
  expect(two).toBe(one.replace(' }\n  }', ' },\n    "ben": { "role": "operator" }\n  }'));
  expect(parsed(editRow(two, ['users', 'anna'], undefined))).toEqual({ users: { ben: { role: 'operator' } } });
  expect(editRow(two, ['users', 'nobody'], undefined)).toBe(two);
});

const BY_HAND = `// who may come in
{
  "users": {
    // the day shift
    "anna": { "role": "operator" /* until May */, "serial": 3 }, // room 4
    /* the night */
    "ben": { "role": "viewer" } // room 5
  }, // that is all
}
`;

test.each<[string, string, unknown, string]>([
  ['a new row', 'eve', { role: 'viewer' }, '"ben": { "role": "viewer" }, // room 5\n    "eve": { "role": "viewer" }\n'],
  [
    'a changed row',
    'anna',
    { role: 'admin', serial: 3 },
    '"anna": { "role": "admin" /* until May */, "serial": 3 }, // room 4',
  ],
  ['a field that goes', 'anna', { role: 'operator' }, '"anna": { "role": "operator"'],
  ['a row that goes', 'ben', undefined, '"serial": 3 } // room 4\n    /* the night */\n  }, // that'],
])('%s leaves comments where they are', (_, name, value, expected) => {
  const after = editRow(BY_HAND, ['users', name], value);
  expect(after).toContain(expected);
  for (const comment of ['// who may come in', '// the day shift', '// room 4', '// that is all'])
    expect(after).toContain(comment);
  const before = parsed(BY_HAND) as { users: Record<string, unknown> };
  const { [name]: _old, ...others } = before.users;
  expect(parsed(after)).toEqual({ users: value === undefined ? others : { ...others, [name]: value } });
});

test.each([
  '{"users":{}}',
  '{"users":{"a":{"role":"viewer"}}}',
  '{"users":{"a":{"role":"viewer"},}}',
  '{\n"users": {\n"a": {"role":"viewer"},\n}\n}',
  '{ "users": { // nobody yet\n } }',
  '{}',
])('any layout takes a row: %j', (text) => {
  const before = parsed(text) as { users?: object };
  const after = parsed(editRow(text, ['users', 'ben'], { role: 'admin' }));
  expect(after).toEqual({ users: { ...before.users, ben: { role: 'admin' } } });
});

test('after any changes the file says what a map of them would', () => {
  const name = fc.constantFrom('a', 'b', 'site/area/t1', 'constructor');
  const row = fc.option(fc.record({ serial: fc.nat(9) }, { requiredKeys: [] }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(fc.tuple(name, row), { maxLength: 20 }), (changes) => {
      let text = '{\n  // devices\n  "devices": {}\n}\n';
      const expected = new Map<string, unknown>();
      for (const [each, value] of changes) {
        text = editRow(text, ['devices', each], value);
        if (value === undefined) expected.delete(each);
        else expected.set(each, value);
      }
      expect(parsed(text)).toEqual({ devices: Object.fromEntries(expected) });
      expect(text).toContain('// devices');
    }),
  );
});

test('many rows come at once', () => {
  const rows = new Map(Array.from({ length: 500 }, (_, n) => [`lyon/tank-farm/t${n}`, {}]));
  const after = editRows(
    '{\n  "devices": {\n    "a": {}, // the first\n  }\n}\n',
    'devices',
    new Map([['a', { serial: 2 }], ...rows]),
  );
  expect(parsed(after)).toEqual({ devices: { a: { serial: 2 }, ...Object.fromEntries(rows) } });
  expect(after).toContain('// the first\n    "lyon/tank-farm/t0": {},\n');
});
