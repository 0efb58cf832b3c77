// The body of a write to timed lines. Pure and synchronous: it goes wherever the lines are stored. Good lines come out whatever
// stands beside them; what is wrong with the others is counted and told in InfluxDB's words.

import { isUtf8 } from 'node:buffer';
import { decodeLines, type Line } from '#domain/line-protocol.ts';
import { decodeTime } from './decode-time.ts';
import type { TimedLine } from './engine.ts';

export type ParsedBody = {
  readonly lines: readonly TimedLine[];
  readonly problems: {
    readonly count: number;
    /** One line for each of the first hundred, and how many more there are. */
    readonly text: string;
  };
};

/** `nowUs` is the time of lines that have none. */
export function parseBody(bytes: Uint8Array, precision: string, nowUs: number): ParsedBody {
  const lines: TimedLine[] = [];
  const problems = new LineProblems();
  // What is no UTF-8 becomes U+FFFD, which may also have been written as such: only then is it looked for.
  const isText = isUtf8(bytes);
  decodeLines(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
    (line, lineNumber) => {
      const timeUs = line.time === undefined ? nowUs : decodeTime(line.time, precision);
      if (timeUs === undefined) problems.add(`line ${lineNumber}`, OUT_OF_RANGE);
      else if (!isText && hasReplacement(line)) problems.add(`line ${lineNumber}`, 'invalid UTF-8');
      else lines.push({ line, timeUs });
    },
    ({ line, reason }) => problems.add(line, reason),
  );
  return { lines, problems: { count: problems.count, text: problems.text() } };
}

const OUT_OF_RANGE = 'time outside range of microseconds -9007199254740991 - 9007199254740991';

function hasReplacement({ measurement, tags, fields }: Line): boolean {
  const isBad = (text: string) => text.includes('\uFFFD');
  return (
    isBad(measurement) ||
    tags.some((tag) => tag.some(isBad)) ||
    fields.some(([key, field]) => isBad(key) || (field.type === 'string' && isBad(field.value)))
  );
}

const PROBLEMS_TOLD_MAX = 100;
const LINE_TOLD_MAX = 1_000;

/** Reasons of lines that are none. All are counted; the answer tells of the first hundred, each line cut to a readable length. */
class LineProblems {
  count = 0;
  readonly #told: string[] = [];

  add(line: string, reason: string): void {
    this.count++;
    if (this.#told.length >= PROBLEMS_TOLD_MAX) return;
    const shown = line.length > LINE_TOLD_MAX ? `${line.slice(0, LINE_TOLD_MAX)}…` : line;
    this.#told.push(`unable to parse '${shown}': ${reason.slice(0, LINE_TOLD_MAX)}`);
  }

  text(): string {
    const more = this.count - this.#told.length;
    return this.#told.join('\n') + (more > 0 ? `\nand ${more} more` : '');
  }
}
