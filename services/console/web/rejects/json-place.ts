// Where a member of a JSON text stands, by its path as ingest says it: `r[0].m.temp`, `energy.power.0`, `tank.level` (a member of
// that very name, or one within another). Without recursion and without a tree: what a device sends may nest as deep as it likes,
// and need not be valid to its end. Pure.

/** Characters of a text, the end left out. */
export type Range = { readonly start: number; readonly end: number };

type Member = {
  /** With its name, where it has one. */
  readonly start: number;
  readonly value: Range;
  /** What is left of the path below it. */
  readonly rest: string;
};

/** The member; where the path goes on and the text does not, the last one on the way; undefined where not even its first is there. */
export function rangeInJson(text: string, path: string): Range | undefined {
  let found: Member | undefined;
  let within: Range = { start: skipSpace(text, 0), end: text.length };
  for (let rest = path; rest !== ''; ) {
    const next = memberIn(text, within, rest);
    if (next === undefined) break;
    found = next;
    within = next.value;
    rest = next.rest;
  }
  return found === undefined ? undefined : { start: found.start, end: found.value.end };
}

/** The member of an object or a list with which the path begins: of several the one that takes most of it. */
function memberIn(text: string, { start }: Range, path: string): Member | undefined {
  const kind = text[start];
  if (kind !== '{' && kind !== '[') return undefined;
  let best: Member | undefined;
  let at = skipSpace(text, start + 1);
  for (let i = 0; at < text.length && text[at] !== '}' && text[at] !== ']'; i++) {
    const nameEnd = kind === '{' ? endOfValue(text, at) : at;
    const name = kind === '{' ? nameOf(text.slice(at, nameEnd)) : undefined;
    const colon = skipSpace(text, nameEnd);
    const valueStart = kind === '{' ? skipSpace(text, colon + 1) : at;
    if (kind === '{' && text[colon] !== ':') return best;
    const value = { start: valueStart, end: endOfValue(text, valueStart) };
    const rest = kind === '[' ? restAfterIndex(path, i) : name === undefined ? undefined : restAfterName(path, name);
    if (rest !== undefined && (best === undefined || rest.length < best.rest.length)) best = { start: at, value, rest };
    at = skipSpace(text, value.end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
    else if (value.end <= valueStart) return best; // not JSON from here on
  }
  return best;
}

function restAfterName(path: string, name: string): string | undefined {
  if (name === '' || !path.startsWith(name)) return undefined;
  const rest = path.slice(name.length);
  if (rest === '' || rest.startsWith('[')) return rest;
  return rest.startsWith('.') ? rest.slice(1) : undefined;
}

function restAfterIndex(path: string, i: number): string | undefined {
  const [whole, index] = /^(?:\[(\d+)\]|(?:\d+)(?=\.|$))\.?/.exec(path) ?? [];
  if (whole === undefined || Number(index ?? Number.parseInt(path, 10)) !== i) return undefined;
  return path.slice(whole.length);
}

function nameOf(quoted: string): string | undefined {
  try {
    const name: unknown = JSON.parse(quoted);
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Behind the value that begins there: its brackets and texts are closed, or the text is at its end. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      at = endOfText(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (char === ',' || char === ':' || isSpace(char))) return at;
  }
  return text.length;
}

function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text[at])) at++;
  return at;
}

function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t' || char === '\ufeff';
}
