// Brings texts of lines to the store whatever it says: good lines into the store, and every line that it refuses for good to
// whoever keeps it, with the store's words.

import { decodeLines } from '#domain/line-protocol.ts';
import { type PatienceOptions, untilAnswered } from './patient-request.ts';
import { divide } from './refusal.ts';
import type { StoreError } from './store-error.ts';

/** A line that the store refuses for good. */
export type RefusedLine = { readonly text: string; readonly topic: string; readonly reason: string };

export type DeliverOptions = PatienceOptions & {
  readonly write: (lines: string) => Promise<void>;
  /** Resolves when the lines are kept elsewhere. */
  readonly onRefused: (lines: readonly RefusedLine[]) => Promise<void>;
};

type TopicLine = { readonly text: string; readonly topic: string };

/** Resolves when every line is in the store or kept elsewhere. `topicOf` says where the text of an index came from. */
export async function deliver(
  texts: readonly string[],
  topicOf: (index: number) => string,
  options: DeliverOptions,
): Promise<void> {
  const refusal = await request(texts.join('\n'), options);
  // Only a refusal makes us look at the lines.
  if (refusal !== undefined) await deliverParts(linesOf(texts, topicOf), refusal, options);
}

/** As they came: what can be read cannot always be written again. */
function linesOf(texts: readonly string[], topicOf: (index: number) => string): TopicLine[] {
  const lines: TopicLine[] = [];
  for (const [i, whole] of texts.entries()) {
    const topic = topicOf(i);
    decodeLines(
      whole,
      (_line, _lineNumber, text) => lines.push({ text, topic }),
      ({ line }) => lines.push({ text: line, topic }),
    );
  }
  return lines;
}

async function deliverParts(lines: readonly TopicLine[], refusal: StoreError, options: DeliverOptions): Promise<void> {
  const { refused, groups } = divide(lines, refusal);
  if (refused.length > 0)
    await options.onRefused(refused.map(([{ text, topic }, reason]) => ({ text, topic, reason })));
  for (const group of groups) {
    const again = await request(group.map(({ text }) => text).join('\n'), options);
    if (again !== undefined) await deliverParts(group, again, options);
  }
}

function request(lines: string, options: DeliverOptions): Promise<StoreError | undefined> {
  return untilAnswered(() => options.write(lines), options);
}
