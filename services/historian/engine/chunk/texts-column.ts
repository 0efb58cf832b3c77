// Texts of one track: each different one once, and for every sample its number in that list.

import { type ByteReader, DamagedBytesError } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

export function encodeTexts(values: readonly string[], to: ByteWriter): void {
  const numbers = new Map<string, number>();
  for (const value of values) if (!numbers.has(value)) numbers.set(value, numbers.size);
  to.varint(numbers.size);
  for (const text of numbers.keys()) to.text(text);
  for (const value of values) to.varint(numbers.get(value) as number);
}

export function decodeTexts(count: number, from: ByteReader): string[] {
  const texts = Array.from({ length: from.varint() }, () => from.text());
  return Array.from({ length: count }, () => {
    const text = texts[from.varint()];
    if (text === undefined) throw new DamagedBytesError('a text that is not in the list');
    return text;
  });
}
