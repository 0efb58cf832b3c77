// Slack, by an incoming webhook: blocks whose texts are all plain_text, which Slack neither formats nor searches for
// mentions and links. Only the line of the notification is markup, and is escaped.

import { z } from 'zod';
import type { Channel, Letter, SecretReader } from './channel.ts';
import { letterText } from './letter-text.ts';
import { hasOneUrl, ONE_URL, urlFields, withUrl } from './settings.ts';

/** Slack refuses a message with more blocks, or with longer texts. */
const BLOCKS_MAX = 50;
const HEADER_MAX = 150;
const SECTION_MAX = 3_000;

const schema = (readSecret: SecretReader) =>
  z
    .strictObject({ type: z.literal('slack'), ...urlFields(readSecret) })
    .refine(hasOneUrl, ONE_URL)
    .transform(withUrl);

export const slack: Channel<ReturnType<typeof schema>> = {
  schema,
  send: (letter, { url }, outlets) => outlets.post({ url, body: slackBody(letter) }),
};

export function slackBody(letter: Letter): object {
  const { headline, items, rest } = letterText(letter);
  const texts = items.map(({ title, lines }) => [title, ...lines].join('\n'));
  const blocks = [
    { type: 'header', text: plain(headline, HEADER_MAX) },
    ...texts.map((text) => ({ type: 'section', text: plain(text, SECTION_MAX) })),
    ...(rest === undefined ? [] : [{ type: 'section', text: plain(rest, SECTION_MAX) }]),
  ];
  return {
    text: escapeMarkup(headline),
    mrkdwn: false,
    link_names: false,
    parse: 'none',
    blocks: blocks.slice(0, BLOCKS_MAX),
  };
}

function plain(text: string, lengthMax: number) {
  return {
    type: 'plain_text',
    emoji: false,
    text: text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text,
  };
}

/** `<!channel>` and `<url|text>` need the brackets; `@channel` only rings where it stands whole. */
function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/@(?=channel|here|everyone|group)/gi, '@\u200b');
}
