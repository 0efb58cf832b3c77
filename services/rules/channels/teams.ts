// Microsoft Teams, by a workflow's webhook: a message with one adaptive card. Every text is a TextRun, which knows no
// markdown (a TextBlock does), and no mention is declared, so `<at>` stays what it is.

import { z } from 'zod';
import type { Channel, Letter, SecretReader } from './channel.ts';
import { letterText, urgencyOf } from './letter-text.ts';
import { cutLines } from './plain-text.ts';
import { hasOneUrl, ONE_URL, urlFields, withUrl } from './settings.ts';

/** Teams refuses a message of more than 28 kB; the rest is for the structure around each line. */
const TEXT_BYTES_MAX = 9_000;

const schema = (readSecret: SecretReader) =>
  z
    .strictObject({ type: z.literal('teams'), ...urlFields(readSecret) })
    .refine(hasOneUrl, ONE_URL)
    .transform(withUrl);

export const teams: Channel<ReturnType<typeof schema>> = {
  schema,
  send: (letter, { url }, outlets) => outlets.post({ url, body: teamsBody(letter) }),
};

export function teamsBody(letter: Letter): object {
  const { headline, items, rest } = letterText(letter);
  const { priority, isCalling } = urgencyOf(letter);
  const isGrave = isCalling && (priority === 'critical' || priority === 'high');
  const color = isGrave ? 'Attention' : isCalling ? 'Warning' : 'Good';
  const lines = items.flatMap((item) => [item.title, ...item.lines]);
  const titles = new Set(items.map(({ title }) => title));
  const shown = cutLines(lines, TEXT_BYTES_MAX);
  const end = [...(shown.length < lines.length ? ['…'] : []), ...(rest === undefined ? [] : [rest])];
  const content = {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.4',
    body: [
      block(headline, { size: 'Medium', weight: 'Bolder', color }),
      ...shown.map((line) => block(line, titles.has(line) ? { weight: 'Bolder' } : {})),
      ...end.map((line) => block(line, { isSubtle: true })),
    ],
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

function block(text: string, style: object) {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: withoutFunctions(text), ...style }] };
}

/** `{{DATE(…)}}` and `${…}` are evaluated in every text of a card. */
function withoutFunctions(text: string): string {
  return text.replace(/\{(?=\{)|\$(?=\{)/g, '$&\u200b');
}
