// What the services have kept of rejections, for the command line: read while they may be writing, and changed by nobody.

import { readSegmentLog } from '../segment-log/read-segment-log.ts';
import type { Place } from '../segment-log/record.ts';
import { LOG_OWNERSHIP, logFolder, REJECTING_SERVICES, type RejectingService, rejectedFolder } from './layout.ts';
import { decodeRejection, type Rejection } from './rejection.ts';
import { readReplays } from './replay-marks.ts';

export type KeptRejection = Rejection & {
  /** `ingest-3-48`: who keeps it, and where; stays the same for as long as it is kept. */
  readonly id: string;
  readonly service: RejectingService;
  readonly place: Place;
  /** When it was sent again last; undefined where it was not. */
  readonly replayedAt: number | undefined;
};

/**
 * Every rejection of every service, the oldest of each first. A payload lies in the bytes of its segment: it must not outlive
 * the loop without being copied.
 * @throws StartError where a folder holds something else, or was written by a newer release
 */
export async function* readRejected(dataDir: string): AsyncIterable<KeptRejection> {
  for (const service of REJECTING_SERVICES) {
    const folder = rejectedFolder(dataDir, service);
    const replays = await readReplays(folder);
    for await (const { payload, position } of readSegmentLog(logFolder(folder), LOG_OWNERSHIP)) {
      const rejection = decodeRejection(payload);
      if (rejection === undefined) continue;
      const { segment, offset } = position;
      const replayedAt = replays.get(`${segment}/${offset}`);
      yield { ...rejection, id: `${service}-${segment}-${offset}`, service, place: { segment, offset }, replayedAt };
    }
  }
}
