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
    expect(formatPrettyLine('rules', line, AT, plain)).toContain('err=no\nError: no\n  at x');
  });

  it.each(['port 1883 is in use', '{"level":3}', '{broken', ''])('passes on %j, which is no log line', (line) => {
    expect(formatPrettyLine('broker', line, AT, plain)).toBe(`12:00:05 broker    error ${line}`);
  });
});

describe('formatJsonLine()', () => {
  it('leaves a log line as it is', () => {
    expect(formatJsonLine('writer', WARNING, AT)).toBe(WARNING);
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
