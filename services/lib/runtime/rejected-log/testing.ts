// For tests of what keeps rejections and what reads them.

import { type RejectingService, rejectedFolder } from './layout.ts';
import { type KeptRejection, readRejected } from './read-rejected.ts';
import { openRejectedLog, type RejectedLog, type RejectedLogOptions } from './rejected-log.ts';
import type { Rejection } from './rejection.ts';

export const RECEIVED_AT = 1_795_355_425_172;

export function rejectionOf(payload: string | Uint8Array, change: Partial<Rejection> = {}): Rejection {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return {
    topic: 'plant/v1/lyon/tanks/tank-01/tele',
    payload: bytes,
    payloadBytes: bytes.length,
    retained: false,
    receivedAt: RECEIVED_AT,
    refusals: [{ reason: 'json', message: 'the payload is not valid JSON' }],
    ...change,
  };
}

/** The log of a service, which must not meet damage or a failing disk. */
export function openTestRejectedLog(
  dataDir: string,
  options: Partial<RejectedLogOptions> & { readonly service?: RejectingService } = {},
): Promise<RejectedLog> {
  const { service = 'ingest', ...rest } = options;
  const fail = (problem: unknown) => {
    throw new Error('this log must not fail', { cause: problem });
  };
  return openRejectedLog(rejectedFolder(dataDir, service), {
    service,
    bytesMax: 2 * 1_048_576,
    keepMs: 1_000_000,
    payloadBytesMax: 262_144,
    publish: async () => {},
    onDamage: fail,
    onFatal: fail,
    ...rest,
  });
}

/** All that is kept, with payloads that last. */
export async function keptIn(dataDir: string): Promise<KeptRejection[]> {
  const kept: KeptRejection[] = [];
  for await (const each of readRejected(dataDir)) kept.push({ ...each, payload: Buffer.from(each.payload) });
  return kept;
}
