// The text of a payload, which every format of text begins with.

import { isUtf8 } from 'node:buffer';
import type { Refusal } from '#domain/rejected.ts';

/** What some editors and loggers put before it, and what is no part of it. */
const BYTE_ORDER_MARK = '\uFEFF';

export function payloadText(payload: Buffer): { readonly text: string } | Refusal {
  if (!isUtf8(payload)) return { reason: 'encoding', message: 'the payload is not UTF-8 text' };
  const text = payload.toString('utf8');
  return { text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
}
