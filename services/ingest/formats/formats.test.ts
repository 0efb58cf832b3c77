import { expect, test } from 'vitest';
import type { FormatName } from './formats.ts';
import { decode, sentences, show } from './testing.ts';

type Row = readonly [format: FormatName, metric: string | null, payload: string, shown: readonly string[]];
const GOOD: readonly Row[] = [
  ['json', null, '{"temperature": 81.2}', ['temperature=81.2']],
  ['json', null, '{"a":1,"b":true,"c":"on","d":null}', ['a=1', 'b=true', 'c="on"', 'd=null bad']],
  ['json', null, '{"a":-0.0,"b":1e-7}', ['a=0', 'b=1e-7']],
  ['json', null, '{"a":1,"ts":1795355425172}', ['a=1 @1795355425172']],
  ['json', null, '{"a":1,"time":1795355425}', ['a=1 @1795355425000']],
  ['json', null, '{"a":1,"timestamp":1795355425172345}', ['a=1 @1795355425172']],
  ['json', null, '{"a":1,"ts":1795355425172345678}', ['a=1 @1795355425172']],
  ['json', null, '{"a":1,"ts":"2026-05-01T12:00:00Z"}', ['a=1 @1777636800000']],
  ['json', null, '{"a":1,"ts":"2026-05-01 14:00:00.5+02:00"}', ['a=1 @1777636800500']],
  ['json', null, '{"a":1,"ts":"2026-05-01T14:00+0200"}', ['a=1 @1777636800000']],
  ['json', null, '{"a":1,"q":1}', ['a=1 uncertain']],
  ['json', null, '{"a":1,"b":null,"quality":"uncertain"}', ['a=1 uncertain', 'b=null bad']],
  ['json', null, '{"a":1,"hist":true}', ['a=1 hist']],
  ['json', null, '{"a":1,"hist":"yes"}', ['a=1']],
  ['json', null, ' \n{"a":1}\n', ['a=1']],
  ['json', null, '\uFEFF{"a":1}', ['a=1']],
  ['value', 'level', '\uFEFF21.4', ['level=21.4']],
  ['json', null, '{"__proto__":5,"constructor":6}', ['__proto__=5', 'constructor=6']],
  ['json', null, '{"ts":1795355425172,"time":7}', ['time=7 @1795355425172']],
  ['json', 'level', '5.5', ['level=5.5']],
  ['json', 'level', 'true', ['level=true']],
  ['json', 'level', 'null', ['level=null bad']],
  ['json', 'level', '{"value":5.5,"unit":"m","ts":1795355425172,"q":2}', ['level=5.5 bad @1795355425172']],
  ['json', 'level', '{"unit":"m"}', ['level.unit="m"']],
  [
    'json',
    'climate',
    '{"t":21,"h":40,"ts":1795355425}',
    ['climate.t=21 @1795355425000', 'climate.h=40 @1795355425000'],
  ],
  [
    'json',
    null,
    '{"a":1,"b":{"c":2,"d":{"e":"x"}},"f":[3,{"g":4}]}',
    ['a=1', 'b.c=2', 'b.d.e="x"', 'f.0=3', 'f.1.g=4'],
  ],
  ['json', null, '{"b,c":2}', ['b,c=2']], // names are looked at when they are ours
  // A metric that is called like one of the keys apart is a metric all the same.
  ['json', 'quality', '87', ['quality=87']],
  ['json', 'quality', '{"value":87,"quality":1}', ['quality=87 uncertain']],
  ['json', 'time', '"12:00"', ['time="12:00"']],
  ['json', 'hist', 'true', ['hist=true']],
  ['json', '__proto__', '{"value":5}', ['__proto__=5']],
  [
    'json',
    null,
    '{"v":1,"b":17,"r":[{"n":1204,"ts":1795355425172,"m":{"temperature":21.37,"p":2},"q":{"p":1}}]}',
    ['temperature=21.37 @1795355425172 #17.1204', 'p=2 uncertain @1795355425172 #17.1204'],
  ],
  ['json', null, '{"v":1,"b":0,"r":[{"n":0,"m":{"a":1},"hist":true},{"n":1,"m":{}}]}', ['a=1 hist #0.0']],
  ['json', null, '{"v":1,"b":0,"r":[]}', []],
  ['value', 'level', '21.4', ['level=21.4']],
  ['value', 'level', ' -.5e3\n', ['level=-500']],
  ['value', 'level', 'true', ['level=true']],
  ['value', 'level', 'running', ['level="running"']],
  ['value', 'level', '"21.4"', ['level="21.4"']],
  ['value', 'level', '0x10', ['level="0x10"']],
  ['value', 'level', 'unavailable', ['level=null bad']],
  ['value', 'level', 'NULL', ['level=null bad']],
  ['value', 'level', 'say "hi"', ['level="say \\"hi\\""']],
];

test.each(GOOD)('%s (metric %s) reads %s', (format, metric, payload, shown) => {
  const decoded = decode(format, payload, { metric });
  expect(decoded.refusals).toEqual([]);
  expect(show(decoded)).toEqual(shown);
});

const TIME_HINT =
  'a timestamp is a positive number (s, ms, µs or ns since 1970) or ISO 8601 text with its zone, such as 2026-05-01T12:00:00Z';
const BAD: readonly (readonly [...Row, refusals: readonly string[]])[] = [
  ['json', null, '', [], ['json: the payload is empty']],
  ['json', null, ' \t\n', [], ['json: the payload is empty']],
  ['json', null, '{"a":1,}', [], ['json: the payload is not valid JSON: property name expected at character 8']],
  ['json', null, '{"a":NaN}', [], ['json: the payload is not valid JSON: invalid symbol at character 6']],
  ['json', null, '{"a":1', [], ['json: the payload is not valid JSON: close brace expected at character 7']],
  ['json', null, '{"a":1} x', [], ['json: the payload is not valid JSON: invalid symbol at character 9']],
  [
    'json',
    null,
    '[1]',
    [],
    ['shape: the payload is a list, which names no metric; send an object such as {"temperature": 21.4}'],
  ],
  [
    'json',
    null,
    '21.4',
    [],
    ['shape: the payload is the number 21.4, which names no metric; send an object such as {"temperature": 21.4}'],
  ],
  [
    'json',
    null,
    'null',
    [],
    ['shape: the payload is null, which names no metric; send an object such as {"temperature": 21.4}'],
  ],
  ['json', null, '{}', [], ['shape: the object holds no metric']],
  ['json', null, '{"ts":1795355425172}', [], ['shape: the object holds no metric']],
  ['json', null, '{"a":1,"ts":"yesterday"}', [], [`time: 'ts' is the text 'yesterday'; ${TIME_HINT}`]],
  ['json', null, '{"a":1,"ts":0}', ['a=1 @0'], []],
  ['json', null, '{"a":1,"ts":-1}', [], [`time: 'ts' is the number -1; ${TIME_HINT}`]],
  [
    'json',
    null,
    '{"a":1,"time":"2026-05-01T12:00:00"}',
    [],
    [`time: 'time' is the text '2026-05-01T12:00:00'; ${TIME_HINT}`],
  ],
  [
    'json',
    null,
    '{"a":1,"ts":"2026-02-30T12:00:00Z"}',
    [],
    [`time: 'ts' is the text '2026-02-30T12:00:00Z'; ${TIME_HINT}`],
  ],
  [
    'json',
    null,
    '{"a":1,"ts":"2026-13-01T12:00:00Z"}',
    [],
    [`time: 'ts' is the text '2026-13-01T12:00:00Z'; ${TIME_HINT}`],
  ],
  ['json', null, '{"a":1,"ts":1e400}', [], [`time: 'ts' is the number Infinity; ${TIME_HINT}`]],
  ['json', null, '{"a":1,"q":3}', [], ["shape: 'q' is the number 3; quality is 0, 1, 2 or good, uncertain, bad"]],
  [
    'json',
    null,
    `{"a":1,"t":"${'x'.repeat(257)}"}`,
    ['a=1'],
    ["type: 't' is a text of 257 characters; at most 256 are kept"],
  ],
  ['json', 'level', '{"value":[]}', [], ['shape: the object holds no metric']],
  [
    'json',
    null,
    '{"v":2,"b":1,"r":[]}',
    [],
    ['shape: envelope version v is the number 2; this release reads version 1'],
  ],
  ['json', null, '{"v":1,"r":[]}', [], ['shape: the boot id b is missing; it must be a whole number from 0']],
  [
    'json',
    null,
    '{"v":1,"b":-1,"r":[]}',
    [],
    ['shape: the boot id b is the number -1; it must be a whole number from 0'],
  ],
  [
    'json',
    null,
    '{"v":1,"b":1,"r":[5,{"n":1,"m":{"a":1}}]}',
    ['a=1 #1.1'],
    ['shape: r[0] is the number 5; a record is an object'],
  ],
  [
    'json',
    null,
    '{"v":1,"b":1,"r":[{"n":1.5,"m":{"a":1}}]}',
    [],
    ['shape: r[0].n is the number 1.5; it must be a whole number from 0'],
  ],
  [
    'json',
    null,
    '{"v":1,"b":1,"r":[{"n":1,"ts":"now","m":{"a":1}}]}',
    [],
    ["time: r[0].ts is the text 'now'; it must be whole milliseconds since 1970, UTC"],
  ],
  ['json', null, '{"v":1,"b":1,"r":[{"n":1,"m":[1]}]}', [], ['shape: r[0].m is a list; it must map metrics to values']],
  [
    'json',
    null,
    '{"v":1,"b":1,"r":[{"n":1,"m":{"a":1},"q":{"a":9}}]}',
    [],
    ["shape: r[0].q of 'a' is the number 9; quality is 0, 1 or 2"],
  ],
  ['json', null, `{"v":1,"b":1,"r":[${'0,'.repeat(1_000)}0]}`, [], ['size: r holds 1001 records; at most 1000 fit']],
  ['value', null, '21.4', [], ['topic: a bare value needs a metric in its topic; map {metric} in the source']],
  ['value', 'level', '', [], ['shape: the payload is empty; send a number, true, false or a text']],
  ['value', 'level', 'NaN', ['level=null bad'], []],
  ['value', 'level', '-Infinity', [], ["type: '-Infinity' is not a finite number"]],
  ['value', 'level', '1e999', [], ['type: 1e999 is beyond what a number can hold']],
  ['value', 'level', 'x'.repeat(257), [], ['type: the text has 257 characters; at most 256 are kept']],
];

test.each(BAD.map((row) => [row[2].slice(0, 60), ...row] as const))(
  '%j of %s (metric %s) keeps what is good and says what is not',
  (_, format, metric, payload, shown, refusals) => {
    const decoded = decode(format, payload, { metric });
    expect(show(decoded)).toEqual(shown);
    expect(sentences(decoded)).toEqual(refusals);
  },
);

test.each(['json', 'value'] as const)('%s refuses bytes that are no text', (format) => {
  const { records, refusals } = decode(format, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), { metric: 'level' });
  expect(records).toEqual([]);
  expect(refusals).toEqual([{ reason: 'encoding', message: 'the payload is not UTF-8 text' }]);
});

test('broken JSON that nests ever deeper is refused, and does not run out of stack', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const broken = decode('json', open.repeat(50_000));
    expect(broken.refusals).toEqual([
      { reason: 'json', message: 'the payload is not valid JSON: it nests too deeply' },
    ]);
    const whole = decode('json', `${open.repeat(50_000)}1${close.repeat(50_000)}`);
    expect(whole.records.flatMap(({ metrics }) => metrics)).toEqual([]);
    expect(whole.refusals).toHaveLength(1);
  }
});
