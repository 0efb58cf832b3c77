// Webhook: the whole letter as JSON, for programs. Nothing is escaped here, because nothing is rendered: names and texts are
// what they are. `key` repeats with every try; (alarmId, seq) tells one transition of an alarm from all others.

import { z } from 'zod';
import { isCriticalCall } from '../notify/notice-phase.ts';
import type { Channel, Letter, SecretReader } from './channel.ts';
import { urgencyOf } from './letter-text.ts';
import { hasOneUrl, ONE_URL, secretFile, urlFields, withUrl } from './settings.ts';

/** Of a flood so many are listed and the rest is counted: a body stays under a few hundred kB. */
const LISTED_MAX = 200;

/** What would make another request of it, or is ours to say. */
const OURS = new Set([
  'host',
  'content-length',
  'content-type',
  'transfer-encoding',
  'connection',
  'upgrade',
  'expect',
]);
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;

const headerName = z
  .string()
  .regex(HEADER_NAME, { error: 'must be the name of a header' })
  .refine((name) => !OURS.has(name.toLowerCase()), { error: 'is not yours to set' });
const headerValue = z.string().regex(/^[\t\x20-\x7e]{0,2000}$/, { error: 'must be printable ASCII on one line' });

const schema = (readSecret: SecretReader) =>
  z
    .strictObject({
      type: z.literal('webhook'),
      ...urlFields(readSecret),
      headers: z.record(headerName, headerValue).default({}).describe('Sent with every request; no secrets here.'),
      tokenFile: secretFile(readSecret)
        .pipe(headerValue)
        .optional()
        .describe('A file that holds a token, sent as authorization: Bearer.'),
    })
    .refine(hasOneUrl, ONE_URL)
    .transform(({ tokenFile, ...rest }) => ({ ...withUrl(rest), token: tokenFile }));

export const webhook: Channel<ReturnType<typeof schema>> = {
  schema,
  send: (letter, { url, headers, token }, outlets) =>
    outlets.post({
      url,
      body: webhookBody(letter),
      headers: {
        ...headers,
        'idempotency-key': letter.key,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    }),
};

export function webhookBody(letter: Letter): object {
  const { key, thread, kind, items } = letter;
  const { priority, isCalling } = urgencyOf(letter);
  const listed = items.filter(({ notice }, i) => i < LISTED_MAX || isCriticalCall(notice));
  return {
    version: 1,
    ...{ key, thread, kind, priority, calling: isCalling },
    count: items.length,
    omitted: items.length - listed.length,
    alarms: listed.map(({ notice, isRepeat }) => ({ ...notice, repeat: isRepeat })),
  };
}
