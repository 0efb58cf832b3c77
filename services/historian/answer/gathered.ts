// An answer's text in pieces of a size that is worth handing on: many series are many small texts, and each would be a message
// between threads and a write to the socket.

import type { ResultPiece } from '../influxql/result.ts';

/** The form of an answer: writes each piece behind those before it, and the end. */
export type Form = {
  add(piece: ResultPiece): Iterable<string>;
  end(): string;
};

const GATHERED_CHARS = 65_536;

export async function* gathered(pieces: AsyncIterable<ResultPiece>, form: Form): AsyncGenerator<string> {
  let text = '';
  for await (const piece of pieces) {
    for (const part of form.add(piece)) {
      text += part;
      if (text.length < GATHERED_CHARS) continue;
      yield text;
      text = '';
    }
  }
  text += form.end();
  if (text !== '') yield text;
}
