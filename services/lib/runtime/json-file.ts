// A JSON file that a person wrote, checked against a zod schema: every problem with file:line:col, all at once.
// Comments and trailing commas are allowed. The only reader of rule, device, model and source files.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import {
  createScanner,
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { z } from 'zod';
import { SPOKEN_WORDS } from './spoken-words.ts';
import { readTextFile } from './text-file.ts';

export type FileProblem = {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** JSON: it cannot be read; SCHEMA: it is not of the form; else what the one who found it calls it. */
  readonly code?: string;
};

export type JsonFile<T> = {
  readonly file: string;
  readonly value: T;
  readonly at: (path: readonly PropertyKey[]) => Place;
};
export type Place = { readonly line: number; readonly column: number };

export function formatProblem(problem: FileProblem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`;
}

/** Far above anything a person writes, and far below where a recursion over the tree runs out of stack. */
const DEPTH_MAX = 200;

export type JsonTree =
  | { readonly ok: true; readonly tree: Node }
  | { readonly ok: false; readonly errors: readonly { readonly offset: number; readonly why: string }[] };

/** The one way from a person's text to a tree, comments and trailing commas allowed. Never throws. */
export function parseJsonTree(text: string): JsonTree {
  const deepAt = tooDeepAt(text);
  if (deepAt !== undefined) return { ok: false, errors: [{ offset: deepAt, why: 'it nests too deeply' }] };
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || tree === undefined) {
    const found = errors.map((error) => ({ offset: error.offset, why: describeParseError(error) }));
    return { ok: false, errors: found.length > 0 ? found : [{ offset: 0, why: 'the file is empty' }] };
  }
  return { ok: true, tree };
}

/** Where the text opens one level too many. The scanner does not recurse, as the parser does, which would end the process. */
function tooDeepAt(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const first = text[scanner.getTokenOffset()];
    if (first === '{' || first === '[') depth++;
    else if (first === '}' || first === ']') depth--;
    if (depth > DEPTH_MAX) return scanner.getTokenOffset();
  }
  return undefined;
}

/** Parses and checks one text; `file` is only for the messages. */
export function parseJsonFile<T>(file: string, text: string, schema: z.ZodType<T>): JsonFile<T> | FileProblem[] {
  const place = (offset: number) => placeOf(text, offset);
  const parsedTree = parseJsonTree(text);
  if (!parsedTree.ok) {
    return parsedTree.errors.map(({ offset, why }) => ({
      file,
      ...place(offset),
      message: `not valid JSON: ${why}`,
      code: 'JSON',
    }));
  }
  const { tree } = parsedTree;
  const at = (path: readonly PropertyKey[]): Place => place(nearestNode(tree, path).offset);
  // zod leaves such a member of a record out without a word: what its author wrote would then not be there.
  const hostile = hostileKey(tree);
  if (hostile !== undefined)
    return [{ file, ...place(hostile.offset), message: "unknown field '__proto__'", code: 'SCHEMA' }];
  const twice = duplicateKeys(tree).map(({ offset, value }) => {
    const message = `field '${value}' is written twice, and only the last would count; keep one`;
    return { file, ...place(offset), message, code: 'JSON' };
  });
  const plain = plainValue(tree);
  const parsed = schema.safeParse(plain);
  if (parsed.success) return twice.length > 0 ? twice : { file, value: parsed.data, at };
  const wrong = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          file,
          ...place(keyNode(tree, issue.path, key).offset),
          message: `unknown field '${key}'${didYouMean(key, knownKeys(schema, issue.path))}`,
        }))
      : [{ file, ...at(issue.path), message: describeIssue(issue, valueAt(plain, issue.path), schema) }],
  );
  return [...twice, ...wrong.map((each) => ({ ...each, code: 'SCHEMA' }))];
}

/** zod's sentence, or a better one where only a list of words was allowed or nothing is there. */
function describeIssue(issue: z.core.$ZodIssue, given: unknown, schema: z.ZodType): string {
  const field = pathText(issue.path);
  if (field === '') return issue.message;
  const words = wordsOf(issue);
  if (issue.code === 'invalid_type' && given !== undefined && issue.expected === 'object') {
    const fields = knownKeys(schema, issue.path);
    const such = fields.length === 0 ? '' : ` with ${fields.join(', ')}`;
    return `${field} must be an object${such} (got ${shownValue(given)})`;
  }
  if (given === undefined && (issue.code === 'invalid_type' || words !== undefined)) return `${field} is missing`;
  if (words === undefined) return `${field}: ${issue.message}`;
  const hint = typeof given === 'string' ? didYouMean(given, words) : '';
  const wanted = words.length === 1 ? words[0] : `one of ${words.join(', ')}`;
  return `${field} must be ${wanted} (got ${shownValue(given)})${hint}`;
}

/** Of what was written instead: enough to find it again. */
const GOT_LENGTH_MAX = 60;

function shownValue(given: unknown): string {
  return JSON.stringify(given)?.slice(0, GOT_LENGTH_MAX) ?? '';
}

function wordsOf(issue: z.core.$ZodIssue): string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options))
    return issue.options.map(String);
  return undefined;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}

/** Every file of a folder whose name ends so, in name order; a missing folder has none, one that cannot be read is a problem. */
export function readJsonFiles<T>(
  folder: string,
  isWanted: (name: string) => boolean,
  schema: z.ZodType<T>,
): { readonly files: JsonFile<T>[]; readonly problems: FileProblem[] } {
  let names: string[];
  try {
    names = readdirSync(folder).filter(isWanted).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { files: [], problems: [] };
    return { files: [], problems: [{ file: folder, line: 1, column: 1, message: `cannot be read (${code})` }] };
  }
  const files: JsonFile<T>[] = [];
  const problems: FileProblem[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const result = readOne(file, schema);
    if (Array.isArray(result)) problems.push(...result);
    else files.push(result);
  }
  return { files, problems };
}

/** A file that cannot be read (an editor's dangling lock link, a folder or a pipe of that name) is a problem, not the end. */
function readOne<T>(file: string, schema: z.ZodType<T>): JsonFile<T> | FileProblem[] {
  const text = readTextFile(file);
  return typeof text === 'string' ? parseJsonFile(file, text, schema) : [text];
}

/** `; did you mean 'temperature'?` where a known word is near, else nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  return near === undefined ? '' : `; did you mean '${near}'?`;
}

/** The sentence and the word that {@link didYouMean} put at its end. */
export function splitSuggestion(text: string): { readonly message: string; readonly suggestion?: string } {
  const [, message, suggestion] = /^(.*); did you mean '([^']+)'\?$/s.exec(text) ?? [];
  return message === undefined || suggestion === undefined ? { message: text } : { message, suggestion };
}

/** The known word that was probably meant; undefined where none is near enough to be one. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const small = word.toLowerCase();
  const said = [small, ...(SPOKEN_WORDS.get(small) ?? [])];
  const meant = said.flatMap((each) => known.find((other) => other.toLowerCase() === each.toLowerCase()) ?? []);
  if (meant[0] !== undefined) return meant[0];
  // A word of which no letter is left is another word.
  const alike = known.filter((other) => distance(word, other) < Math.max(word.length, other.length));
  if (alike.length === 0) return undefined;
  const near = closest(word, alike);
  return distance(word, near) <= Math.max(2, Math.floor(word.length / 3)) ? near : undefined;
}

/** Line and column of a character, both from 1. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** `property name expected`: what the parser found wrong, as a person says it. */
export function describeParseError({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

function nearestNode(tree: Node, path: readonly PropertyKey[]): Node {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length) as (string | number)[]);
    if (node !== undefined) return node;
  }
  return tree;
}

function keyNode(tree: Node, path: readonly PropertyKey[], key: string): Node {
  const value = findNodeAtLocation(tree, [...path, key] as (string | number)[]);
  return value?.parent?.children?.[0] ?? nearestNode(tree, path);
}

/** Keys that stand in their object for the second time or more. */
function duplicateKeys(node: Node): Node[] {
  const seen = new Set<unknown>();
  const own =
    node.type !== 'object'
      ? []
      : (node.children ?? []).flatMap(({ children: [key] = [] }) => {
          if (key === undefined) return [];
          if (seen.has(key.value)) return [key];
          seen.add(key.value);
          return [];
        });
  return [...own, ...(node.children ?? []).flatMap(duplicateKeys)];
}

function hostileKey(node: Node): Node | undefined {
  if (node.type === 'property' && node.children?.[0]?.value === '__proto__') return node;
  for (const child of node.children ?? []) {
    const found = hostileKey(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Keys of the object schema at a path; none where the schema there is no plain object. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const step of path) at = inner(at, step);
  const shape = unwrap(at)?.shape;
  return shape === undefined ? [] : Object.keys(shape);
}

type Def = {
  innerType?: unknown;
  element?: unknown;
  valueType?: unknown;
  options?: unknown[];
  in?: unknown;
  out?: unknown;
  getter?: () => unknown;
};
type Schema = { def: Def; shape?: Record<string, unknown> };

function unwrap(schema: unknown): Schema | undefined {
  let at = schema as Schema | undefined;
  while (at?.def !== undefined && at.shape === undefined) {
    const choices = at.def.options ?? [at.def.in, at.def.out];
    const next = at.def.innerType ?? at.def.getter?.() ?? choices.find((each) => unwrap(each)?.shape) ?? at.def.in;
    if (next === undefined) break;
    at = next as Schema;
  }
  return at;
}

function inner(schema: unknown, step: PropertyKey): unknown {
  const at = unwrap(schema);
  return at?.shape?.[String(step)] ?? at?.def.element ?? at?.def.valueType;
}

/** Plain value of a tree. Keys such as `__proto__` become own properties and nothing else. */
export function plainValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(plainValue);
  if (node.type !== 'object') return node.value;
  const object: Record<string, unknown> = {};
  for (const { children: [key, value] = [] } of node.children ?? []) {
    if (key === undefined || value === undefined) continue;
    Object.defineProperty(object, String(key.value), {
      value: plainValue(value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}
