// Rows of a JSON file that a person may have written by hand: set, or taken away, with everything else left as it stands,
// comments too. A new row is a line of its own behind the last one.

import { applyEdits, type FormattingOptions, findNodeAtLocation, modify, type Node } from 'jsonc-parser';
import { parseJsonTree } from '../json-file.ts';

type At = readonly [section: string, name: string];

/** @param rows undefined takes the row of that name away; many new ones cost no more than one */
export function editRows(text: string, section: string, rows: ReadonlyMap<string, unknown>): string {
  const known = namesIn(text, section);
  let after = text;
  for (const [name, value] of rows) if (known.has(name)) after = changed(after, [section, name], value);
  const added = [...rows].filter(([name, value]) => !known.has(name) && value !== undefined);
  if (added.length === 0) return after;
  const lines = added.map(([name, value]) => `${JSON.stringify(name)}: ${oneLine(value)}`);
  const place = nodeAt(after, [section]);
  const whole = place === undefined ? undefined : appended(after, place, lines);
  return whole ?? added.reduce((each, [name, value]) => set(each, [section, name], value, LAYOUT), after);
}

function namesIn(text: string, section: string): Set<string> {
  const rows = nodeAt(text, [section])?.children ?? [];
  return new Set(rows.map(({ children: [key] = [] }) => String(key?.value)));
}

function changed(text: string, at: At, value: unknown): string {
  const row = nodeAt(text, at);
  if (row === undefined) return text;
  return value === undefined ? (removed(text, row) ?? set(text, at, value)) : setFields(text, at, value);
}

/** Field by field, so that a comment within the row stays. */
function setFields(text: string, at: At, value: unknown): string {
  const before = nodeAt(text, at);
  if (before?.type !== 'object' || typeof value !== 'object' || value === null) return set(text, at, value);
  const old = (before.children ?? []).map(({ children: [key] = [] }) => String(key?.value));
  const fields = new Map<string, unknown>(old.map((name) => [name, undefined]));
  for (const [name, each] of Object.entries(value)) fields.set(name, each);
  return [...fields].reduce((changed, [name, each]) => {
    return each === undefined && nodeAt(changed, [...at, name]) === undefined
      ? changed
      : set(changed, [...at, name], each);
  }, text);
}

function set(text: string, at: readonly string[], value: unknown, layout?: FormattingOptions): string {
  return applyEdits(text, modify(text, [...at], value, layout === undefined ? {} : { formattingOptions: layout }));
}

/** Where there is no line to follow. */
const LAYOUT: FormattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };

function nodeAt(text: string, at: readonly string[]): Node | undefined {
  const parsed = parseJsonTree(text);
  return parsed.ok ? findNodeAtLocation(parsed.tree, [...at]) : undefined;
}

/** The rest of the last row's line: a comma, and a comment on that row, which jsonc-parser would move to the new one. */
const REST = /^(?:\s*(,))?([ \t]*(?:\/\/[^\n]*|\/\*[^\n]*?\*\/)?[ \t]*)\n/;

/**
 * The lines of the row with what is said of it at their end, and the comma that parted it from the row before. Undefined where the row shares its lines with others.
 */
function removed(text: string, { parent }: Node): string | undefined {
  if (parent === undefined) return undefined;
  const lineAt = text.lastIndexOf('\n', parent.offset) + 1;
  const end = parent.offset + parent.length;
  const [rest] = REST.exec(text.slice(end)) ?? [];
  if (rest === undefined || text.slice(lineAt, parent.offset).trim() !== '') return undefined;
  const without = text.slice(0, lineAt) + text.slice(end + rest.length);
  const rows = parent.parent?.children ?? [];
  const before = rows.at(-1) === parent && !rest.trim().startsWith(',') ? rows.at(-2) : undefined;
  if (before === undefined) return without;
  const commaAt = before.offset + before.length;
  return without[commaAt] === ',' ? without.slice(0, commaAt) + without.slice(commaAt + 1) : without;
}

/** Undefined where the place for a line of its own is not clear. */
function appended(text: string, { offset, length, children = [] }: Node, rows: readonly string[]): string | undefined {
  const indentAt = (position: number) => /(?<=^|\n)[ \t]*(?=[^\n]*$)/.exec(text.slice(0, position))?.[0] ?? '';
  const last = children.at(-1);
  if (last === undefined) {
    if (!/^\{\s*\}$/.test(text.slice(offset, offset + length))) return undefined;
    const indent = indentAt(offset);
    return `${text.slice(0, offset)}{\n${indent}  ${rows.join(`,\n${indent}  `)}\n${indent}}${text.slice(offset + length)}`;
  }
  const end = last.offset + last.length;
  const [rest, comma = '', comment = ''] = REST.exec(text.slice(end)) ?? [];
  if (rest === undefined) return undefined;
  const indent = indentAt(last.offset);
  const added = rows.map((row) => `\n${indent}${row}`).join(',');
  return `${text.slice(0, end)},${comment}${added}${comma}${text.slice(end + rest.length - 1)}`;
}

function oneLine(value: unknown): string {
  return JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ');
}
