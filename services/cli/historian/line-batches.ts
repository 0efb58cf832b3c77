// Line protocol of any measurement, as a file has it, cut into batches for the store. Comments in between say where the lines
// belong (`influx_inspect export` and `penstock historian export` write them); what the command line says goes first.

import { endOfQuotedLine } from '#domain/line-protocol.ts';

/** What a batch is written to; the store's default policy where none is said. */
export type Target = {
  readonly database: string | undefined;
  readonly policy: string | undefined;
  /** In the store's words. */
  readonly precision: string;
};

export type FileLine = { readonly number: number; readonly text: string };
export type LineBatch = { readonly target: Target; readonly lines: readonly FileLine[] };

const LINES_MAX = 5_000;
const CHARACTERS_MAX = 1_000_000;
/** A quote that nothing closes would make all that follows one line: then the line ends where it seems to, and is refused. */
const LINE_CHARACTERS_MAX = 1_000_000;

const COMMENT = /^#\s*(CONTEXT-DATABASE|CONTEXT-RETENTION-POLICY|precision):\s*(.*?)\s*$/;
const KEYS = { 'CONTEXT-DATABASE': 'database', 'CONTEXT-RETENTION-POLICY': 'policy', precision: 'precision' } as const;
const PRECISIONS: Readonly<Record<string, string>> = { ns: 'n', n: 'n', us: 'u', u: 'u', ms: 'ms', s: 's' };

/** In the store's words; undefined for none. */
export function precisionOf(text: string): string | undefined {
  return Object.hasOwn(PRECISIONS, text) ? PRECISIONS[text] : undefined;
}

export async function* lineBatches(
  texts: AsyncIterable<string>,
  wished: { readonly [key in keyof Target]: string | undefined },
): AsyncIterable<LineBatch> {
  let said: Target = { database: undefined, policy: undefined, precision: 'n' };
  let lines: FileLine[] = [];
  let characters = 0;
  const take = (): LineBatch[] => {
    const taken = lines;
    lines = [];
    characters = 0;
    return taken.length === 0 ? [] : [{ target: targetOf(said, wished), lines: taken }];
  };
  for await (const line of fileLines(texts)) {
    const { text } = line;
    if (text.startsWith('#')) {
      yield* take();
      said = saidBy(text, said);
    } else if (text !== '') {
      if (lines.length === LINES_MAX || characters + text.length > CHARACTERS_MAX) yield* take();
      lines.push(line);
      characters += text.length;
    }
  }
  yield* take();
}

function targetOf(said: Target, wished: { readonly [key in keyof Target]: string | undefined }): Target {
  // Another database need not have the policy that the file names; one that is wished for is looked for.
  return {
    database: wished.database ?? said.database,
    policy: wished.policy ?? said.policy,
    precision: wished.precision ?? said.precision,
  };
}

function saidBy(comment: string, said: Target): Target {
  const [, key, value = ''] = COMMENT.exec(comment) ?? [];
  if (key === undefined) return said;
  const name = KEYS[key as keyof typeof KEYS];
  if (name !== 'precision') return { ...said, [name]: value };
  return { ...said, precision: precisionOf(value.split(' ')[0] ?? '') ?? said.precision };
}

/** Every line with the number at which it begins; a text in quotes may hold newlines. */
async function* fileLines(texts: AsyncIterable<string>): AsyncIterable<FileLine> {
  let rest = '';
  let number = 1;
  for await (const text of texts) {
    rest += text;
    let start = 0;
    for (let end = endOfLine(rest, start); end !== undefined; end = endOfLine(rest, start)) {
      const line = rest.slice(start, end);
      yield { number, text: line.trim() };
      number += line.split('\n').length;
      start = end + 1;
    }
    rest = rest.slice(start);
  }
  if (rest !== '') yield { number, text: rest.trim() };
}

/** Index of the newline that ends the line that begins here; undefined where it is not there yet. */
function endOfLine(text: string, start: number): number | undefined {
  const newline = text.indexOf('\n', start);
  if (newline === -1) return undefined;
  const plain = text.slice(start, newline);
  if (!plain.includes('"') || /^\s*#/.test(plain)) return newline;
  const end = endOfQuotedLine(text, start);
  if (end < text.length) return end;
  return text.length - start > LINE_CHARACTERS_MAX ? newline : undefined;
}
