// A named state of the plant (`state/v1/{site}/{area}/{name}`), as whoever says it writes it.

import type { Value } from './point.ts';

export type PlantStateName = { readonly site: string; readonly area: string; readonly name: string };

/** A JSON value, or a bare word: `auto`. Blanks around it do not count, as they do not in JSON. undefined: it is neither. */
export function parsePlantState(text: string): Value | undefined {
  const value = parseJson(text);
  const word = text.trim();
  if (value === undefined) return /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/.test(word) ? word : undefined;
  return ['number', 'boolean', 'string'].includes(typeof value) ? (value as Value) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
