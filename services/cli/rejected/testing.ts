// For tests of the commands about rejections: a data folder with some, as ingest and the writer keep them.

import type { Rejection } from '#runtime/rejected-log/rejection.ts';
import { openTestRejectedLog, RECEIVED_AT, rejectionOf } from '#runtime/rejected-log/testing.ts';

const MINUTE = 60_000;
export const LINE = 'reading,area=tanks,device=tank-02,metric=level,site=lyon value=1 1';

/** Four of ingest, a minute apart, and two lines of the writer. */
export const KEPT: readonly Rejection[] = [
  rejectionOf('{"a": 1', {
    refusals: [{ reason: 'json', message: 'the payload is not valid JSON: \u001b[2Jcleared', place: 'character 8' }],
  }),
  rejectionOf('{"temprature": 1}', {
    receivedAt: RECEIVED_AT + MINUTE,
    refusals: [
      { reason: 'metric', message: "there is no metric 'temprature'", place: 'temprature' },
      { reason: 'type', message: 'of another type' },
    ],
  }),
  rejectionOf(Buffer.from([0x00, 0xff, 0x41, 0x1b, 0x5b, 0x32, 0x4a, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0x7e]), {
    topic: 'home/kitchen/temperature',
    receivedAt: RECEIVED_AT + 2 * MINUTE,
    retained: true,
    refusals: [{ reason: 'encoding', message: 'the payload is not UTF-8 text' }],
  }),
  rejectionOf('x'.repeat(5_000), {
    topic: 'plant/v1/lyon/tanks/tank-03/tele',
    receivedAt: RECEIVED_AT + 3 * MINUTE,
    refusals: [{ reason: 'size', message: 'too large' }],
  }),
];
export const LINES: readonly Rejection[] = [LINE, `${LINE}2`].map((line) =>
  rejectionOf(line, {
    topic: 'points/v1/7',
    receivedAt: RECEIVED_AT + 4 * MINUTE,
    refusals: [{ reason: 'store', message: 'the store refused the line: no' }],
  }),
);

/** Of the fourth only the beginning is kept. */
export async function keepSome(dataDir: string): Promise<void> {
  await using ingest = await openTestRejectedLog(dataDir, { payloadBytesMax: 1_000 });
  await using writer = await openTestRejectedLog(dataDir, { service: 'writer' });
  for (const each of KEPT) await ingest.put(each);
  for (const each of LINES) await writer.put(each);
}
