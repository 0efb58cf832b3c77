// A bare value, its metric named by the topic: `21.4`, `true`, `running`. JSON quotes around a text are taken off.

import { isUtf8 } from 'node:buffer';
import { type Format, type RawValue, refused, TEXT_CHARS_MAX } from '../record.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NOT_NUMBERS = new Set(['nan', 'inf', '+inf', '-inf', 'infinity', '+infinity', '-infinity']);
/** What devices write where they have nothing to say. */
const NOTHING = new Set(['null', 'unavailable', 'unknown', 'none']);

export const valueFormat: Format = {
  decode(payload, { metric }) {
    if (metric === null)
      return refused('topic', 'a bare value needs a metric in its topic; map {metric} in the source');
    if (!isUtf8(payload)) return refused('encoding', 'the payload is not UTF-8 text');
    const text = payload.toString('utf8').trim();
    if (text === '') return refused('shape', 'the payload is empty; send a number, true, false or a text');
    if (NOT_NUMBERS.has(text.toLowerCase())) return refused('type', `'${text}' is not a finite number`);
    const value = readValue(text);
    if (typeof value === 'number' && !Number.isFinite(value))
      return refused('type', `${text} is beyond what a number can hold`);
    if (typeof value === 'string' && value.length > TEXT_CHARS_MAX) {
      return refused('type', `the text has ${value.length} characters; at most ${TEXT_CHARS_MAX} are kept`);
    }
    const quality = value === null ? 'bad' : 'good';
    const metrics = [{ metric, value, quality } as const];
    return { records: [{ measuredAt: null, sequence: null, isHistory: false, isWhole: true, metrics }], refusals: [] };
  },
};

function readValue(text: string): RawValue {
  if (NUMBER.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  if (NOTHING.has(text.toLowerCase())) return null;
  return /^"[^"\\]*"$/.test(text) ? text.slice(1, -1) : text;
}
