// ntfy (ntfy.sh or one's own): its JSON form, published to the root of the server, so that no text of ours becomes a header
// or a part of a path. Markdown stays off, which is ntfy's default.

import { z } from 'zod';
import type { Priority } from '#domain/alarm.ts';
import type { Channel, Letter, SecretReader } from './channel.ts';
import { letterText, textLines, urgencyOf } from './letter-text.ts';
import { cutLines } from './plain-text.ts';
import { hasOneUrl, ONE_URL, secretFile, urlFields, withUrl } from './settings.ts';

/** Above 4,096 bytes ntfy makes an attachment of a message, which a telephone does not show. */
const MESSAGE_BYTES_MAX = 3_900;

/** ntfy's: 5 rings through, 4 rings, 3 is ordinary, 2 is silent. */
const RINGS = { critical: 5, high: 4, medium: 3, low: 2 } as const satisfies Record<Priority, number>;

const schema = (readSecret: SecretReader) =>
  z
    .strictObject({
      type: z.literal('ntfy'),
      ...urlFields(readSecret),
      topic: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'must be up to 64 letters, digits, - or _' }),
      tokenFile: secretFile(readSecret)
        .pipe(z.string().regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII' }))
        .optional()
        .describe('A file that holds an access token.'),
    })
    .refine(hasOneUrl, ONE_URL)
    .transform(({ tokenFile, ...rest }) => ({ ...withUrl(rest), token: tokenFile }));

export const ntfy: Channel<ReturnType<typeof schema>> = {
  schema,
  send: (letter, { url, topic, token }, outlets) =>
    outlets.post({
      url,
      body: ntfyBody(letter, topic),
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    }),
};

export function ntfyBody(letter: Letter, topic: string): object {
  const text = letterText(letter);
  const { priority, isCalling } = urgencyOf(letter);
  const [only, second] = text.items;
  const lines = second === undefined && only !== undefined ? only.lines : textLines(text);
  const shown = cutLines(lines, MESSAGE_BYTES_MAX);
  return {
    topic,
    title: text.headline,
    message: [...shown, ...(shown.length < lines.length ? ['…'] : [])].join('\n') || text.headline,
    priority: isCalling ? RINGS[priority] : RINGS.low,
    tags: [isCalling ? 'rotating_light' : 'white_check_mark', priority],
  };
}
