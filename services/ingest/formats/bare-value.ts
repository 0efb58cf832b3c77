// A value written as plain text: `21.4`, `true`, `running`. What a payload or a cell holds where no JSON says its type.

import type { Refusal } from '#domain/rejected.ts';
import { type RawValue, TEXT_CHARS_MAX } from '../record.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = new Set(['inf', '+inf', '-inf', 'infinity', '+infinity', '-infinity']);
/** What devices write where they have nothing to say. */
const NOTHING = new Set(['null', 'nan', 'unavailable', 'unknown', 'none']);

/** The value, or why it is none. The text is trimmed and not empty; JSON quotes around it are taken off. */
export function readBareValue(text: string): RawValue | Refusal {
  if (INFINITE.has(text.toLowerCase())) return { reason: 'type', message: `'${text}' is not a finite number` };
  const value = readValue(text);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { reason: 'type', message: `${text.slice(0, 40)} is beyond what a number can hold` };
  }
  if (typeof value === 'string' && value.length > TEXT_CHARS_MAX) {
    return { reason: 'type', message: `the text has ${value.length} characters; at most ${TEXT_CHARS_MAX} are kept` };
  }
  return value;
}

function readValue(text: string): RawValue {
  if (NUMBER.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  if (NOTHING.has(text.toLowerCase())) return null;
  return /^"[^"\\]*"$/.test(text) ? text.slice(1, -1) : text;
}
