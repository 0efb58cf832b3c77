// The step that every JSON format begins with: bytes to a parsed value, or a refusal that says where the JSON breaks.

import { type ParseError, parse } from 'jsonc-parser';
import type { Refusal } from '#domain/rejected.ts';
import { describeParseError } from '#runtime/json-file.ts';
import { payloadText } from './text.ts';

export function parseJsonText(payload: Buffer): { readonly value: unknown } | Refusal {
  const read = payloadText(payload);
  if ('reason' in read) return read;
  const { text } = read;
  try {
    return { value: JSON.parse(text) };
  } catch {
    if (text.trim() === '') return { reason: 'json', message: 'the payload is empty' };
    return { reason: 'json', ...describeError(text) };
  }
}

/** V8's own message quotes the payload; this one gives the place and what was expected there. */
function describeError(text: string): Omit<Refusal, 'reason'> {
  const what = 'the payload is not valid JSON';
  const errors: ParseError[] = [];
  try {
    parse(text, errors);
  } catch {
    return { message: `${what}: it nests too deeply` }; // unlike JSON.parse, jsonc-parser recurses and runs out of stack
  }
  const [first] = errors;
  if (first === undefined) return { message: `${what}: it is no JSON value` };
  const place = `character ${first.offset + 1}`;
  return { message: `${what}: ${describeParseError(first)} at ${place}`, place };
}

/** `the number 5`, `the text 'hot'`, `an object`, `missing`: for sentences. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return `the text '${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'object') return 'an object';
  return `${typeof value === 'boolean' ? 'the boolean' : 'the number'} ${String(value)}`;
}
