// The way out: one letter over HTTP or SMTP, as the configuration allows it.

import { post } from '#runtime/outbound-http.ts';
import type { Letter, Outlets } from '../channels/channel.ts';
import { type ChannelSettings, sendLetter } from '../channels/channels.ts';
import { SmtpError, sendMail } from '../channels/email.ts';
import type { NotifyConfig } from './notify-files.ts';

export type Target = {
  readonly settings: ChannelSettings;
  readonly config: NotifyConfig;
  readonly signal: AbortSignal;
};

/** Resolves once the other side has taken it; rejects with a DeliveryFailure. */
export type Send = (letter: Letter, target: Target) => Promise<void>;

export const sendOut: Send = (letter, { settings, config, signal }) =>
  sendLetter(letter, settings, outletsOf(config, signal));

function outletsOf({ policy, smtp }: NotifyConfig, signal: AbortSignal): Outlets {
  return {
    post: async ({ url, body, headers }) => {
      const all = { 'content-type': 'application/json; charset=utf-8', ...headers };
      await post(url, JSON.stringify(body), { policy, headers: all, signal });
    },
    mail: (mail) => {
      if (smtp !== undefined) return sendMail(mail, smtp, signal);
      return Promise.reject(new SmtpError('no mail server', { name: '', message: 'is configured', code: 'ECONFIG' }));
    },
  };
}
