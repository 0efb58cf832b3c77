// Desired and reported configuration beside each other, member by member. Pure.

import { isPlainObject } from '#domain/plain-object.ts';
import { compareNames } from '../parts/find.ts';
import { texts } from '../texts.ts';

/** `waiting`: desired, and not reported so; `extra`: reported, and nothing is desired of it. */
export type ConfigState = 'same' | 'waiting' | 'extra';

export type ConfigRow = {
  /** `network.ssid`; '' for a document that is no object. */
  readonly path: string;
  /** As JSON; null where it is not there. */
  readonly desired: string | null;
  readonly reported: string | null;
  readonly state: ConfigState;
};

/** A device has some dozens of settings; what is hostile is cut. */
export const ROWS_MAX = 500;
const DEPTH_MAX = 8;

/** @param desired null: nothing is desired. Rows that differ first; undefined where one of the texts is not JSON. */
export function configRows(desired: string | null, reported: string | null): ConfigRow[] | undefined {
  const wanted = membersOf(desired);
  const told = membersOf(reported);
  if (wanted === undefined || told === undefined) return undefined;
  const paths = [...new Set([...wanted.keys(), ...told.keys()])].sort(compareNames);
  const rows = paths.map((path) => rowOf(path, wanted.get(path) ?? null, told.get(path) ?? null));
  const rank = ({ state }: ConfigRow) => (state === 'waiting' ? 0 : 1);
  return rows.sort((a, b) => rank(a) - rank(b));
}

function rowOf(path: string, desired: string | null, reported: string | null): ConfigRow {
  const state = desired === null ? 'extra' : desired === reported ? 'same' : 'waiting';
  return { path, desired, reported, state };
}

function membersOf(text: string | null): ReadonlyMap<string, string> | undefined {
  const members = new Map<string, string>();
  if (text === null) return members;
  try {
    addMembers(members, JSON.parse(text), []);
    return members;
  } catch {
    return undefined;
  }
}

function addMembers(members: Map<string, string>, value: unknown, path: readonly string[]): void {
  if (members.size >= ROWS_MAX) return;
  const entries = isPlainObject(value) && path.length < DEPTH_MAX ? Object.entries(value) : [];
  if (entries.length === 0) members.set(path.join('.'), JSON.stringify(value));
  for (const [key, each] of entries) addMembers(members, each, [...path, key]);
}

/** What is wrong with a text that is to be desired instead of `before`; null: nothing. '' takes away what was desired. */
export function desiredProblem(text: string, before: string | null): string | null {
  const { invalid, notObject, unchanged } = texts.devices.config;
  const trimmed = text.trim();
  if (trimmed === (before?.trim() ?? '')) return unchanged;
  if (trimmed === '') return null;
  try {
    const value: unknown = JSON.parse(trimmed);
    if (!isPlainObject(value)) return notObject;
    // By what it says: layout alone is no change for a device.
    return before !== null && isJson(before) && JSON.stringify(value) === JSON.stringify(JSON.parse(before))
      ? unchanged
      : null;
  } catch (error) {
    return invalid((error as Error).message);
  }
}

/** In lines; as it is where it is no JSON. */
export function prettyJson(text: string): string {
  return isJson(text) ? JSON.stringify(JSON.parse(text), null, 2) : text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
