// One line of a child as the supervisor prints it. Pure. For a person: time, service, level, words. For a machine: the
// JSON line as it came; what is no JSON (a crash, a sentence about the configuration) is wrapped into one. Whatever a
// device or a stranger's program got into a line reaches no terminal as a control character.

import type { Paint, Style } from '../cli.ts';
import { printable, printableJson } from '../printable.ts';

const LEVEL_STYLES: Readonly<Record<string, Style>> = { error: 'red', fatal: 'red', warn: 'yellow', debug: 'dim' };
const NAME_STYLES: Readonly<Record<string, Style>> = {
  broker: 'magenta',
  ingest: 'cyan',
  rules: 'blue',
  writer: 'green',
  historian: 'green',
  console: 'blue',
  watchdog: 'yellow',
  simulator: 'cyan',
};
const NAME_WIDTH = 9;
/** Fields that have a place of their own in the printed line, or say nothing to a person. */
const PLACED = new Set(['time', 'level', 'msg', 'service', 'pid', 'hostname']);

type LogRecord = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string };

function parseLogLine(line: string): LogRecord | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    return typeof value.level === 'string' && typeof value.msg === 'string' ? (value as LogRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** @param receivedAt for a line that bears no time of its own; ms since the epoch */
export function formatPrettyLine(name: string, line: string, receivedAt: number, paint: Paint): string {
  const record = parseLogLine(line);
  const time = typeof record?.time === 'string' ? record.time : new Date(receivedAt).toISOString();
  const level = record?.level ?? 'error';
  const head = `${paint('dim', printable(time.slice(11, 19)))} ${paint(NAME_STYLES[name] ?? 'white', name.padEnd(NAME_WIDTH))}`;
  const shownLevel = level === 'info' ? '' : `${paint(LEVEL_STYLES[level] ?? 'white', printable(level))} `;
  const words = record === undefined ? printable(line) : `${printable(record.msg)}${extras(record, paint)}`;
  return `${head} ${shownLevel}${words}`;
}

export function formatJsonLine(name: string, line: string, receivedAt: number): string {
  if (parseLogLine(line) !== undefined) return printableJson(line);
  const record = { level: 'error', time: new Date(receivedAt).toISOString(), service: name, msg: line };
  return printableJson(JSON.stringify(record));
}

function extras(record: LogRecord, paint: Paint): string {
  const pairs = Object.entries(record)
    .filter(([key]) => !PLACED.has(key))
    .map(([key, value]) => `${printable(key)}=${key === 'err' ? errorText(value) : plainText(value)}`);
  return pairs.length === 0 ? '' : ` ${paint('dim', pairs.join(' '))}`;
}

function plainText(value: unknown): string {
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

/**
 * pino writes an error as an object; its message is what a person reads, its stack what a bug report needs. The lines of
 * a stack are indented, so that none of them can pass for a log line.
 */
function errorText(value: unknown): string {
  const { message, stack } = (value ?? {}) as { message?: unknown; stack?: unknown };
  if (typeof stack !== 'string') return plainText(value);
  const lines = stack.split('\n').map((line) => `\n    ${printable(line)}`);
  return `${printable(String(message))}${lines.join('')}`;
}
