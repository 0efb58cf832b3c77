// A rejection as programs get it, from the command line and over HTTP.

import { isUtf8 } from 'node:buffer';
import type { KeptRejection } from './read-rejected.ts';

/** All but the payload. */
export function rejectionHead(rejection: KeptRejection) {
  const { id, service, topic, receivedAt, retained, replayedAt = null, refusals, payloadBytes } = rejection;
  return { id, service, topic, receivedAt, retained, replayedAt, refusals, payloadBytes };
}

/** The payload as text where it is text, else as base64. */
export function rejectionJson(rejection: KeptRejection) {
  const payload = Buffer.from(rejection.payload);
  const body = isUtf8(payload) ? { payload: payload.toString() } : { payloadBase64: payload.toString('base64') };
  return { ...rejectionHead(rejection), ...body };
}
