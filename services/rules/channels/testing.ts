// For tests of channels: letters, a hostile one among them, and outlets that write down what they get.

import type { Notice } from '#rules/engine/inputs.ts';
import { alarmNamed, noticeOf } from '../notify/testing.ts';
import type { HttpMessage, Letter, Mail, Outlets } from './channel.ts';

export function letterOf(
  notices: readonly Notice[] = [noticeOf({ priority: 'critical' })],
  given: Partial<Letter> = {},
): Letter {
  const items = notices.map((notice) => ({ notice, isRepeat: false }));
  return { key: 'k1', thread: 't1', kind: 'alarms', timeZone: 'Europe/Paris', ...given, items };
}

const PLACEHOLDER = ['$', '{x}'].join('');

/** Everything that a service could take for markup, a mention, a line of its protocol or the end of a field. */
export const HOSTILE =
  '&lt; <!channel> @here @everyone <at>all</at> *b* _i_ [x](https://evil.test) <https://evil.test|y> {{DATE(2026)}} ' +
  `${PLACEHOLDER}\r\nBcc: a@evil.test\u202e\u0000\u001b[2J\ud800`;

export function hostileLetter(): Letter {
  const text = {
    name: HOSTILE,
    summary: HOSTILE,
    reason: HOSTILE,
    comment: HOSTILE,
    actor: HOSTILE,
    instance: HOSTILE,
  };
  return letterOf([
    noticeOf({ ...text, site: HOSTILE, rationalisation: { response: HOSTILE }, activeSince: Number.NaN }),
  ]);
}

/** 300 alarms, the first 20 of them critical, with texts of 10,000 characters. */
export function hugeLetter(): Letter {
  const long = '漢'.repeat(10_000);
  const notices = Array.from({ length: 300 }, (_, i) =>
    alarmNamed(`T${i}`, { priority: i < 20 ? 'critical' : 'low', name: long, reason: long, summary: long }),
  );
  return letterOf(notices, { kind: 'flood' });
}

export function recordedOutlets(): Outlets & { readonly posts: HttpMessage[]; readonly mails: Mail[] } {
  const posts: HttpMessage[] = [];
  const mails: Mail[] = [];
  return {
    ...{ posts, mails },
    post: async (message) => {
      posts.push(message);
    },
    mail: async (mail) => {
      mails.push(mail);
    },
  };
}

/** Every text in a value, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
