// JSON as it was written: members in their order, with the comments that belong to each, and where the author broke lines.
// Values stay the text that they were (`6.0` stays `6.0`). For the formatter; what a file means is read elsewhere.

import { createScanner, type SyntaxKind } from 'jsonc-parser';

export type Layout =
  | { readonly kind: 'scalar'; readonly text: string }
  | {
      readonly kind: 'array' | 'object';
      readonly members: readonly Member[];
      /** Comments after the last member. */
      readonly dangling: readonly string[];
      /** The author broke the line after the opening bracket. */
      readonly isBroken: boolean;
    };

export type Container = Exclude<Layout, { readonly kind: 'scalar' }>;

export type Member = {
  /** As written, with its quotes; undefined in an array. */
  readonly key: string | undefined;
  readonly value: Layout;
  /** Comments above it. */
  readonly before: readonly string[];
  /** Comments behind it, on its line. */
  readonly after: readonly string[];
  readonly hasBlankBefore: boolean;
};

export type LaidOut = { readonly root: Member; readonly dangling: readonly string[] };

// jsonc-parser's SyntaxKind is a const enum, which type stripping leaves without values.
const KIND = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, comma: 5, colon: 6 } as const;
const TRIVIA = { lineComment: 12, blockComment: 13, lineBreak: 14, blank: 15 } as const;

type Gap = {
  /** Comments on the line of what came before. */
  readonly sameLine: string[];
  /** Comments on lines of their own. */
  readonly ownLine: string[];
  readonly breaks: number;
  readonly hasBlank: boolean;
};

/** The layout of valid JSON; comments and trailing commas are allowed. */
export function layOut(text: string): LaidOut {
  const reader = new Reader(text);
  const before = reader.gap();
  const value = reader.value();
  const after = reader.gap();
  const root = {
    key: undefined,
    value,
    before: [...before.sameLine, ...before.ownLine],
    after: after.sameLine,
    hasBlankBefore: false,
  };
  return { root, dangling: after.ownLine };
}

class Reader {
  readonly #text: string;
  readonly #scanner: ReturnType<typeof createScanner>;
  #kind: SyntaxKind;

  constructor(text: string) {
    this.#text = text;
    this.#scanner = createScanner(text, false);
    this.#kind = this.#scanner.scan();
  }

  /** Everything up to the next token that means something. */
  gap(): Gap {
    const sameLine: string[] = [];
    const ownLine: string[] = [];
    let breaks = 0;
    let inARow = 0;
    let hasBlank = false;
    for (;;) {
      if (this.#kind === TRIVIA.lineBreak) {
        breaks++;
        inARow++;
        hasBlank ||= inARow > 1;
      } else if (this.#kind === TRIVIA.lineComment || this.#kind === TRIVIA.blockComment) {
        (breaks === 0 ? sameLine : ownLine).push(this.#token().trimEnd());
        inARow = 0;
      } else if (this.#kind !== TRIVIA.blank) return { sameLine, ownLine, breaks, hasBlank };
      this.#kind = this.#scanner.scan();
    }
  }

  #token(): string {
    const from = this.#scanner.getTokenOffset();
    return this.#text.slice(from, from + this.#scanner.getTokenLength());
  }

  value(): Layout {
    if (this.#kind === KIND.openBrace) return this.#container('object', KIND.closeBrace);
    if (this.#kind === KIND.openBracket) return this.#container('array', KIND.closeBracket);
    return { kind: 'scalar', text: this.#take() };
  }

  #container(kind: 'array' | 'object', close: SyntaxKind): Container {
    this.#take();
    const members: Member[] = [];
    const opening = this.gap();
    let before = [...opening.sameLine, ...opening.ownLine];
    let hasBlankBefore = false;
    while (this.#kind !== close) {
      const member = this.#member(kind, before, hasBlankBefore);
      const gap = this.gap();
      const after = [...gap.sameLine];
      before = gap.ownLine;
      hasBlankBefore = gap.hasBlank;
      if (this.#kind === KIND.comma) {
        this.#take();
        const behind = this.gap();
        // On the line of the next member it speaks of that one; behind a // it would become part of that.
        const isOfThis = behind.breaks > 0 && after.at(-1)?.startsWith('//') !== true;
        (isOfThis ? after : before).push(...behind.sameLine);
        before.push(...behind.ownLine);
        hasBlankBefore ||= behind.hasBlank;
      }
      members.push({ ...member, after });
    }
    this.#take();
    return { kind, members, dangling: before, isBroken: opening.breaks > 0 };
  }

  /** Comments between a key and its value go above both. */
  #member(kind: 'array' | 'object', before: readonly string[], hasBlankBefore: boolean): Omit<Member, 'after'> {
    if (kind === 'array') return { key: undefined, value: this.value(), before, hasBlankBefore };
    const key = this.#take();
    const gaps = [this.gap()];
    this.#take(); // the colon
    gaps.push(this.gap());
    const between = gaps.flatMap(({ sameLine, ownLine }) => [...sameLine, ...ownLine]);
    return { key, value: this.value(), before: [...before, ...between], hasBlankBefore };
  }

  /** The token's text as it was written. */
  #take(): string {
    const text = this.#token();
    this.#kind = this.#scanner.scan();
    return text;
  }
}
