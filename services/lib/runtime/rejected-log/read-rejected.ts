// What the services have kept of rejections, for the command line and the console: read while they may be writing, and changed
// by nobody.

import { access } from 'node:fs/promises';
import { type ReadingOrder, readSegmentLog, readSegmentRecord } from '../segment-log/read-segment-log.ts';
import type { Place } from '../segment-log/record.ts';
import { LOG_OWNERSHIP, logFolder, REJECTING_SERVICES, type RejectingService, rejectedFolder } from './layout.ts';
import { decodeRejection, type Rejection } from './rejection.ts';
import { type Reached, type RejectionPlace, rejectionId } from './rejection-id.ts';
import { readReplays } from './replay-marks.ts';

export type KeptRejection = Rejection &
  RejectionPlace & {
    /** Who keeps it, and where, as rejectionId() has it; stays the same for as long as it is kept. */
    readonly id: string;
    /** When it was sent again last; undefined where it was not. */
    readonly replayedAt: number | undefined;
  };

export type ReadingOptions = {
  /** All that keep any where left out. */
  readonly services?: readonly RejectingService[];
  /**
   * `oldest first` (where left out): every rejection of one service, then of the next. `newest first`: of all services together,
   * as they came.
   */
  readonly order?: ReadingOrder;
  /** Those that a reading in the same order came to are left out, and what lies before them. */
  readonly beyond?: Reached;
};

/**
 * A payload lies in the bytes of its segment: it must not outlive the loop without being copied.
 * @throws StartError where a folder holds something else, or was written by a newer release
 */
export function readRejected(dataDir: string, options: ReadingOptions = {}): AsyncIterable<KeptRejection> {
  const { services = REJECTING_SERVICES, order = 'oldest first', beyond } = options;
  const sources = services.map((service) => keptBy(service, { dataDir, order, beyond: beyond?.get(service) }));
  return order === 'oldest first' ? oneAfterAnother(sources) : newestFirst(sources);
}

/** The one with that place; undefined where it is kept no more, or never was. */
export async function findRejected(
  dataDir: string,
  { service, place }: RejectionPlace,
): Promise<KeptRejection | undefined> {
  const folder = rejectedFolder(dataDir, service);
  const payload = await readSegmentRecord(logFolder(folder), place, LOG_OWNERSHIP);
  if (payload === undefined) return undefined;
  return kept(payload, { service, place }, await readReplays(folder, place.segment));
}

/** Services of those that have never kept anything in this data folder: they run elsewhere, or not at all. */
export async function absentOf(
  dataDir: string,
  services: readonly RejectingService[] = REJECTING_SERVICES,
): Promise<RejectingService[]> {
  const found = services.map(async (service) => {
    try {
      await access(logFolder(rejectedFolder(dataDir, service)));
      return [];
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [service] : []; // else reading it will say what is wrong
    }
  });
  return (await Promise.all(found)).flat();
}

async function* keptBy(
  service: RejectingService,
  {
    dataDir,
    order,
    beyond,
  }: { readonly dataDir: string; readonly order: ReadingOrder; readonly beyond: Place | undefined },
): AsyncGenerator<KeptRejection> {
  const folder = rejectedFolder(dataDir, service);
  let marks = { segment: -1, replays: new Map<number, number>() };
  for await (const { payload, position } of readSegmentLog(logFolder(folder), { ...LOG_OWNERSHIP, order, beyond })) {
    const { segment, offset } = position;
    if (marks.segment !== segment) marks = { segment, replays: await readReplays(folder, segment) };
    const found = kept(payload, { service, place: { segment, offset } }, marks.replays);
    if (found !== undefined) yield found;
  }
}

function kept(
  record: Buffer,
  { service, place }: RejectionPlace,
  replays: ReadonlyMap<number, number>,
): KeptRejection | undefined {
  const rejection = decodeRejection(record);
  if (rejection === undefined) return undefined;
  const replayedAt = replays.get(place.offset);
  return { ...rejection, id: rejectionId({ service, place }), service, place, replayedAt };
}

async function* oneAfterAnother(sources: readonly AsyncIterable<KeptRejection>[]): AsyncGenerator<KeptRejection> {
  for (const source of sources) yield* source;
}

/** Of each the order is kept, also where a clock was set back in between. */
async function* newestFirst(sources: readonly AsyncGenerator<KeptRejection>[]): AsyncGenerator<KeptRejection> {
  const heads = await Promise.all(sources.map((source) => source.next()));
  for (;;) {
    let newest = -1;
    for (const [i, { done, value }] of heads.entries()) {
      if (done === true) continue;
      const best = heads[newest];
      if (best === undefined || value.receivedAt > best.value.receivedAt) newest = i;
    }
    const [source, head] = [sources[newest], heads[newest]];
    if (source === undefined || head?.done !== false) return;
    yield head.value;
    heads[newest] = await source.next();
  }
}
