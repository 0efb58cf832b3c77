// A request's bytes to samples. Most lines are plain and their series known: they cost a few hundred nanoseconds. Every other
// line goes through the full decoder, a bad one is told of, and none costs another one its place.

import { isUtf8 } from 'node:buffer';
import { type Codes, decodeLine, endOfQuotedLine, type Line } from '#domain/line-protocol.ts';
import type { Track } from '../catalogue/catalogue.ts';
import type { KnownSeries, KnownSeriesTable } from './known-series.ts';
import { LineProblems } from './line-problems.ts';
import { PlainLine } from './plain-line.ts';
import { BATCH_SAMPLES, type SampleBatch } from './sample-batch.ts';
import { decodeTime, isNanoseconds, timeOfDigits } from './timestamp.ts';

export type IntakeOptions = {
  readonly precision: string;
  /** Of lines that have no time of their own. */
  readonly nowUs: number;
  /** Samples before this are beyond the retention policy. */
  readonly oldestUs: number;
};

const OUT_OF_RANGE = 'time outside range of microseconds -9007199254740991 - 9007199254740991';
/** A line is stored as a whole, and so must fit where samples wait. */
const FIELDS_MAX = 1_000_000;
const TOO_FINE = 'two points of a series lie within one microsecond, which is as fine as this store keeps time';

export class BodyIntake {
  readonly problems = new LineProblems();
  stored = 0;
  dropped = 0;
  /** Why the last line was dropped. */
  reason = '';
  readonly #bytes: Buffer;
  readonly #plain: PlainLine;
  readonly #table: KnownSeriesTable;
  readonly #options: IntakeOptions;
  readonly #isText: boolean;
  #at = 0;
  #line = 1;
  /** Moments of series that were written more finely than they are kept: nanoseconds beyond the microsecond. */
  readonly #finer = new Map<KnownSeries, { readonly us: number; readonly restNs: number }>();

  constructor(bytes: Uint8Array, table: KnownSeriesTable, options: IntakeOptions) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#plain = new PlainLine(this.#bytes);
    this.#table = table;
    this.#options = options;
    this.#isText = isUtf8(this.#bytes);
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Fills the batch with the next lines' samples, until it is full or there are no more. */
  read(batch: SampleBatch): void {
    while (batch.length < BATCH_SAMPLES && !this.isDone) {
      const isTaken = this.#isText && this.#plain.read(this.#at) && this.#takePlain(batch);
      if (isTaken) this.#at = this.#plain.next;
      else this.#readOther(batch);
      this.#line++;
    }
  }

  /** false: the line, or its series, takes more thought. */
  #takePlain(batch: SampleBatch): boolean {
    const plain = this.#plain;
    const bytes = this.#bytes;
    const known = this.#table.find(bytes.toString('latin1', this.#at, plain.keyEnd));
    if (known === undefined || plain.fields > FIELDS_MAX) return false;
    const { us, restNs } = plain.hasTime
      ? timeOfDigits(bytes, { from: plain.timeFrom, to: plain.timeTo }, this.#options.precision)
      : { us: this.#options.nowUs, restNs: 0 };
    if (us === undefined || us < this.#options.oldestUs || this.#isTooFine(known, us, restNs)) return false;
    const { length, textBytes } = batch;
    for (let i = 0; i < plain.fields; i++) {
      const track = known.tracks.get(bytes.toString('latin1', plain.nameFrom[i], plain.nameTo[i]));
      const kind = plain.kinds[i];
      if (track === undefined || track.field.type !== kind) {
        batch.cut({ length, textBytes });
        return false;
      }
      if (kind === 'string') batch.addText(track.id, us, bytes.toString('utf8', plain.numbers[i], plain.textTo[i]));
      else batch.add(track.id, us, plain.numbers[i] as number);
    }
    this.stored++;
    return true;
  }

  /** Whether another sample of the series has the same microsecond and is yet another one. */
  #isTooFine(known: KnownSeries, us: number, restNs: number): boolean {
    if (restNs === 0 && this.#finer.size === 0) return false;
    const last = this.#finer.get(known);
    if (last?.us === us) return last.restNs !== restNs;
    this.#finer.set(known, { us, restNs });
    return false;
  }

  #readOther(batch: SampleBatch): void {
    const start = this.#at;
    const end = endOfLine(this.#bytes, start);
    this.#at = end + 1;
    const raw = this.#bytes.toString('utf8', start, end).replace(/\r$/, '');
    const text = raw.trimStart();
    if (raw.includes('\n')) this.#line += raw.split('\n').length - 1;
    if (text === '' || text[0] === '#') return;
    const line = decodeLine(text);
    const us = typeof line === 'string' ? 0 : this.#timeOf(line);
    if (typeof line === 'string') this.problems.add(raw, line);
    else if (!this.#isText && !isUtf8(this.#bytes.subarray(start, end))) this.#refuse('invalid UTF-8');
    else if (us === undefined) this.#refuse(OUT_OF_RANGE);
    else {
      const reason = this.#take(batch, { line, us, key: keyBytes(this.#bytes.subarray(start, end)) });
      if (reason === undefined) this.stored++;
      else {
        this.dropped++;
        this.reason = reason;
      }
    }
  }

  #timeOf({ time }: Line): number | undefined {
    return time === undefined ? this.#options.nowUs : decodeTime(time, this.#options.precision);
  }

  /** Why the line is dropped; undefined where it is taken. */
  #take(batch: SampleBatch, { line, us, key }: OtherLine): string | undefined {
    const { oldestUs, precision } = this.#options;
    if (us < oldestUs) return 'points beyond retention policy';
    if (line.fields.length > FIELDS_MAX) return `more than ${FIELDS_MAX} fields in one line`;
    const fields = line.fields.filter(([name]) => name !== 'time');
    const known = this.#table.resolve(line, fields, key);
    if (typeof known === 'string') return known;
    if (this.#isTooFine(known, us, restOf(line.time, precision))) return TOO_FINE;
    for (const [name, { type, value }] of fields) {
      const { id } = known.series.tracks.get(name) as Track;
      if (type === 'string') batch.addText(id, us, value);
      else if (type === 'integer' && !Number.isSafeInteger(Number(value))) batch.addText(id, us, String(value));
      else batch.add(id, us, Number(value));
    }
    return undefined;
  }

  /** By its number, where showing it would not help. */
  #refuse(reason: string): void {
    this.problems.add(`line ${this.#line}`, reason);
  }
}

/** With the bytes of its measurement and tags. */
type OtherLine = { readonly line: Line; readonly us: number; readonly key: string };

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;

/** As the decoder of texts has it. */
function endOfLine(bytes: Buffer, start: number): number {
  const newline = bytes.indexOf(NEWLINE, start);
  const plainEnd = newline === -1 ? bytes.length : newline;
  const isQuoted = bytes[start] !== HASH && bytes.subarray(start, plainEnd).includes(QUOTE);
  if (!isQuoted) return plainEnd;
  const codes: Codes = { length: bytes.length, charCodeAt: (index) => bytes[index] as number };
  return endOfQuotedLine(codes, start);
}

/** Measurement and tags as a plain line has them; what is never plain is looked up in vain, and does no harm. */
function keyBytes(line: Buffer): string {
  let from = 0;
  while (from < line.length && (line[from] as number) <= SPACE) from++;
  const to = line.indexOf(SPACE, from);
  return line.toString('latin1', from, to === -1 ? line.length : to);
}

function restOf(time: bigint | undefined, precision: string): number {
  if (time === undefined || !isNanoseconds(precision)) return 0;
  const rest = Number(time % 1_000n);
  return rest < 0 ? rest + 1_000 : rest;
}
