// Pieces of a text stream to whole lines. A text field may hold newlines, so a piece is cut where no quote is open.

/** A line longer than this is none of ours: it is passed on as it is, to be refused, and memory stays bounded. */
const LINE_CHARACTERS_MAX = 1024 * 1024;
const TEXT_FIELD = 'text="';

export class LineCutter {
  #rest = '';

  /** The whole lines that there are by now; '' where there is none. */
  add(piece: string): string {
    const text = this.#rest === '' ? piece : this.#rest + piece;
    let end = endOfLines(text);
    if (end === 0 && text.length > LINE_CHARACTERS_MAX) end = text.lastIndexOf('\n') + 1 || text.length;
    this.#rest = text.slice(end);
    return text.slice(0, end);
  }

  /** The last line, which nothing ended. */
  end(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }
}

/** Index after the last newline outside quotes. */
function endOfLines(text: string): number {
  const end = text.lastIndexOf('\n') + 1;
  const openedAt = text.lastIndexOf(TEXT_FIELD);
  if (openedAt === -1) return end;
  const closedAt = closingQuote(text, openedAt + TEXT_FIELD.length);
  if (closedAt < end) return end;
  // The quote is open at the last newline, or not closed at all yet: its line waits for the next piece.
  return closedAt === text.length || text.indexOf('\n', closedAt) === -1 ? text.lastIndexOf('\n', openedAt) + 1 : end;
}

/** Index of the quote that closes a text: one that no backslash takes; the length of the text where there is none. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (at - 1 - backslashes >= from && text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
