import { describe, expect, it } from 'vitest';
import { formatJsonLine, formatPrettyLine } from './log-line.ts';

const AT = Date.UTC(2026, 0, 1, 12, 0, 5);
const plain = (_: unknown, text: string) => text;
const WARNING =
  '{"level":"warn","time":"2026-01-01T12:00:01.234Z","service":"writer","store":"http://x","tries":2,"msg":"store is slow"}';

describe('formatPrettyLine()', () => {
  it('is one line with time, service, level and words', () => {
    expect(formatPrettyLine('writer', WARNING, AT, plain)).toBe(
      '12:00:01 writer    warn store is slow store=http://x tries=2',
    );
  });

  it('leaves out the level that is the usual one', () => {
    const line = '{"level":"info","time":"2026-01-01T12:00:01.234Z","service":"ingest","msg":"ready"}';
    expect(formatPrettyLine('ingest', line, AT, plain)).toBe('12:00:01 ingest    ready');
  });

  it('shows the stack of an error', () => {
    const line =
      '{"level":"error","time":"2026-01-01T12:00:01Z","msg":"while closing","err":{"message":"no","stack":"Error: no\\n  at x"}}';
    expect(formatPrettyLine('rules', line, AT, plain)).toContain('err=no\n    Error: no\n      at x');
  });

  it.each([
    { msg: '\u001b[2Jgone\u0007\u009b31m' },
    { msg: 'x', topic: 'a\u001b]0;owned\u0007' },
    { msg: 'x', '\u001b[31mkey': 1 },
    { msg: 'x', err: { message: 'no\u001b[2J', stack: 'Error\u001b[2J\n at x\u009b' } },
    { msg: 'x', level: '\u001b[2J' },
    { msg: 'x', time: '2026-01-01T\u001b[2J\u001b[2J' },
    { msg: 'x\n12:00:01 broker    all is well\r\u202e' },
  ])('lets no terminal escape through: %j', (fields) => {
    const line = JSON.stringify({ level: 'warn', time: '2026-01-01T12:00:01Z', ...fields });
    for (const each of [line, `a crash ${JSON.parse(line).msg}`]) {
      const shown = formatPrettyLine('ingest', each, AT, plain);
      expect(shown.replace(/\n {4}/g, '')).toMatch(/^[^\p{Cc}\u2028-\u202e]*$/u);
    }
  });

  it.each(['port 1883 is in use', '{"level":3}', '{broken', ''])('passes on %j, which is no log line', (line) => {
    expect(formatPrettyLine('broker', line, AT, plain)).toBe(`12:00:05 broker    error ${line}`);
  });
});

describe('formatJsonLine()', () => {
  it('leaves a log line as it is', () => {
    expect(formatJsonLine('writer', WARNING, AT)).toBe(WARNING);
  });

  it('escapes what JSON may bear raw and a terminal may not, and says the same', () => {
    const raw = '{\t"level":"warn","msg":"a\u009b31m\u007f\u202e"}';
    for (const line of [raw, 'crash \u009b31m\u001b[2J']) {
      expect(formatJsonLine('x', line, AT)).toMatch(/^[ -~]*$/);
    }
    expect(JSON.parse(formatJsonLine('x', raw, AT))).toEqual(JSON.parse(raw));
  });

  it('wraps anything else, so that every line of the output parses', () => {
    expect(JSON.parse(formatJsonLine('broker', 'Error: "x"', AT))).toEqual({
      level: 'error',
      time: '2026-01-01T12:00:05.000Z',
      service: 'broker',
      msg: 'Error: "x"',
    });
  });
});
