// The call as an HTTP POST to the one configured address. `text` is what chat services and pagers show as it is; the other
// fields are for programs.

import { OutboundError, post } from '#runtime/outbound-http.ts';
import type { Retry } from './caller.ts';
import type { Call } from './saved-state.ts';

export type CallSettings = { readonly url?: string | undefined; readonly allowPrivate: boolean };

/** undefined where nobody is to be called. */
export function senderOf({ url, allowPrivate }: CallSettings): ((call: Call) => Promise<void>) | undefined {
  if (url === undefined) return undefined;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const policy = { allowedHosts: [host], allowPrivate, allowHttp: allowPrivate };
  return async (call) => {
    await post(url, bodyOf(call), { policy, headers: { 'content-type': 'application/json' } });
  };
}

function bodyOf({ isRaised, reason, at }: Call): string {
  const text = isRaised
    ? `Penstock: the pipeline does not answer: ${reason}`
    : `Penstock: the pipeline answers again. It was: ${reason}`;
  return JSON.stringify({ event: isRaised ? 'raised' : 'returned', reason, at: new Date(at).toISOString(), text });
}

/** What is no failure of the outside world is a mistake of ours, and would fail again. */
export function retryOf(error: unknown): Retry {
  return error instanceof OutboundError ? error : { retryable: false };
}
