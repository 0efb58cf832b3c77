// The channels there are: one row each. Settings, their type and the way to send all come from here.

import { z } from 'zod';
import type { Letter, Outlets, SecretReader } from './channel.ts';
import { email } from './email.ts';
import { ntfy } from './ntfy.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { webhook } from './webhook.ts';

type AnyChannel = {
  readonly schema: (readSecret: SecretReader) => z.ZodType;
  readonly send: (letter: Letter, settings: never, outlets: Outlets) => Promise<void>;
};

export const CHANNELS = { webhook, email, ntfy, slack, teams } as const satisfies Record<string, AnyChannel>;

export type ChannelType = keyof typeof CHANNELS;
export type ChannelSettings = { [T in ChannelType]: z.output<ReturnType<(typeof CHANNELS)[T]['schema']>> }[ChannelType];

export function channelSchema(readSecret: SecretReader) {
  return z.discriminatedUnion('type', [
    webhook.schema(readSecret),
    email.schema(readSecret),
    ntfy.schema(readSecret),
    slack.schema(readSecret),
    teams.schema(readSecret),
  ]);
}

/** @throws DeliveryFailure where the outside did not take it */
export function sendLetter(letter: Letter, settings: ChannelSettings, outlets: Outlets): Promise<void> {
  const channel: AnyChannel = CHANNELS[settings.type];
  return channel.send(letter, settings as never, outlets);
}
