// What ingest and writer keep of what they refused, read from the data folder that they share with the console. Each answer is
// bounded: a page or a reading that ends by itself (READING_BYTES_MAX), and goes on where it ended if somebody asks.

import { BoundedReading } from '#runtime/rejected-log/bounded-reading.ts';
import { RejectedGroups } from '#runtime/rejected-log/group-rejected.ts';
import { REJECTING_SERVICES, type RejectingService } from '#runtime/rejected-log/layout.ts';
import { absentOf, findRejected, type KeptRejection } from '#runtime/rejected-log/read-rejected.ts';
import type { Reached, RejectionPlace } from '#runtime/rejected-log/rejection-id.ts';
import { rejectionHead, rejectionJson } from '#runtime/rejected-log/rejection-json.ts';
import { deviceOf, type Selection, servicesOf } from '#runtime/rejected-log/select-rejected.ts';
import { StartError } from '#runtime/start-error.ts';
import type { RejectedGroupsView, RejectedPage, RejectionView } from '../api/rejected.ts';
import { ProblemError } from '../http/problem.ts';
import { OneAtATime } from './one-at-a-time.ts';

export type KeptRejectionsParts = { readonly dataDir: string; readonly now: () => number };

/** Readings that wait for their turn: a few seconds of them. */
const WAITING_MAX = 16;
const AGAIN_MS = 2_000;
/** Pages ask for the groups again and again; all of them get the same answer for so long. */
const GROUPS_LAST_MS = 2_000;
/** Different selections whose groups are remembered. */
const GROUPS_REMEMBERED = 8;

type Grouped = { readonly at: number; readonly answer: Promise<Omit<RejectedGroupsView, 'more'>> };

export class KeptRejections {
  readonly #parts: KeptRejectionsParts;
  readonly #readings = new OneAtATime(WAITING_MAX);
  readonly #grouped = new Map<string, Grouped>();

  constructor(parts: KeptRejectionsParts) {
    this.#parts = parts;
  }

  /** The newest first. @throws ProblemError */
  async page(
    selection: Selection,
    { beyond, limit }: { readonly beyond: Reached; readonly limit: number },
  ): Promise<RejectedPage> {
    const elsewhere = await this.elsewhere(servicesOf(selection).services);
    return await this.inTurn(async () => {
      const reading = new BoundedReading(this.#parts.dataDir, { selection, order: 'newest first', beyond });
      const rejected: RejectionView[] = [];
      for await (const each of reading) if (rejected.push(rejectionHead(each)) >= limit) break;
      return { rejected, next: reading.next, elsewhere };
    });
  }

  /** Those that were met last, and how many more there are. @throws ProblemError */
  async groups(selection: Selection, limit: number): Promise<RejectedGroupsView> {
    const elsewhere = await this.elsewhere(servicesOf(selection).services);
    const { groups, ...rest } = await this.#groupsOf(selection, elsewhere);
    return { groups: groups.slice(0, limit), more: Math.max(0, groups.length - limit), ...rest };
  }

  /** With its payload. @throws ProblemError */
  async one(place: RejectionPlace): Promise<RejectionView> {
    await this.elsewhere([place.service]);
    const found = await this.inTurn(() => this.find(place));
    if (found === undefined) throw new ProblemError(404, 'No such rejection is kept; the oldest go first.');
    return rejectionJson(found);
  }

  find(place: RejectionPlace): Promise<KeptRejection | undefined> {
    return findRejected(this.#parts.dataDir, place);
  }

  /** What was replayed is to be seen at once. */
  forgetGroups(): void {
    this.#grouped.clear();
  }

  /** Services of those that keep theirs elsewhere. @throws ProblemError where that is all of them */
  async elsewhere(services: readonly RejectingService[] = REJECTING_SERVICES): Promise<readonly RejectingService[]> {
    const absent = await absentOf(this.#parts.dataDir, services);
    if (absent.length < services.length) return absent;
    const folders = absent.map((service) => `${service}/rejected`).join(' and ');
    throw new ProblemError(
      404,
      `What ${absent.join(' and ')} refused is kept where ${absent.length > 1 ? 'they run' : 'it runs'}; the data folder of this console has no ${folders}. On that machine: penstock rejected list --group`,
    );
  }

  /** @throws ProblemError where too many wait, or the logs cannot be read */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#readings.do(() => readable(work));
    if (done === undefined)
      throw new ProblemError(503, 'Too many read what was refused just now. Try again in 2 s.', AGAIN_MS);
    return await done;
  }

  #groupsOf(selection: Selection, elsewhere: readonly RejectingService[]): Grouped['answer'] {
    const key = JSON.stringify(selection);
    const known = this.#grouped.get(key);
    // The distance: a clock that steps back must not make an old answer last.
    if (known !== undefined && Math.abs(this.#parts.now() - known.at) < GROUPS_LAST_MS) return known.answer;
    const answer = this.inTurn(() => this.#group(selection, elsewhere));
    this.#grouped.delete(key);
    this.#grouped.set(key, { at: this.#parts.now(), answer });
    answer.catch(() => this.#grouped.delete(key));
    const [oldest] = this.#grouped.keys();
    if (this.#grouped.size > GROUPS_REMEMBERED && oldest !== undefined) this.#grouped.delete(oldest);
    return answer;
  }

  async #group(selection: Selection, elsewhere: readonly RejectingService[]) {
    const reading = new BoundedReading(this.#parts.dataDir, { selection, order: 'newest first' });
    const groups = new RejectedGroups();
    for await (const each of reading) groups.take({ ...each, device: deviceOf(each) });
    const since = reading.isWhole ? null : (reading.reachedAt ?? null);
    return { groups: groups.all(), since, elsewhere };
  }
}

/** @throws ProblemError for what is wrong with the files, in words */
export async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StartError) throw new ProblemError(503, `${error.message}.`);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof ProblemError) throw error;
    throw new ProblemError(
      503,
      `What was refused cannot be read, or marked as sent again, by this console: ${message}.`,
    );
  }
}
