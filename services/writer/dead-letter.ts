// Lines that the store refuses for good, kept with its words: the line alone, byte for byte, and the topic of its batch.

import type { RejectedLog } from '#runtime/rejected-log/rejected-log.ts';
import type { RefusedLine } from './deliver.ts';

/** Resolves when all of them are on disk. */
export async function keepRefused(
  rejected: Pick<RejectedLog, 'put'>,
  lines: readonly RefusedLine[],
  now: number,
): Promise<void> {
  await Promise.all(
    lines.map(({ text, topic, reason }) => {
      const payload = Buffer.from(text);
      return rejected.put({
        topic,
        payload,
        payloadBytes: payload.length,
        retained: false,
        receivedAt: now,
        refusals: [{ reason: 'store', message: `the store refused the line: ${reason}` }],
      });
    }),
  );
}
