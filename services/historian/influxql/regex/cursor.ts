// A place in a regular expression.

export class Cursor {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    return this.at >= this.#text.length;
  }

  /** Empty at the end. */
  peek(): string {
    return this.#text[this.at] ?? '';
  }

  take(text: string): boolean {
    if (!this.#text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw new Error(`expected ${text} at ${this.at}`);
  }

  /** The code point here, taken. */
  next(): number {
    const codePoint = this.#text.codePointAt(this.at) ?? 0;
    this.at += codePoint > 0xffff ? 2 : 1;
    return codePoint;
  }

  /** What a sticky pattern finds here, taken. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.at += found[0].length;
    return found;
  }

  since(start: number): string {
    return this.#text.slice(start, this.at);
  }

  rest(): string {
    return this.#text.slice(this.at);
  }
}
