// The contract of a channel: it turns a letter into what one kind of service takes, and sends it once. When to send, to
// whom, and what to do when it fails is not a channel's business: it throws, with the decision in the error.

import type { z } from 'zod';
import type { Notice } from '#rules/engine/inputs.ts';

/** What is sent in one go to one address: the alarms of one group, the most urgent first. Never empty. */
export type Letter = {
  /** The same for every try of this letter, so that a receiver can tell a repetition. */
  readonly key: string;
  /** The same for all letters of one group: what a mail program files together. */
  readonly thread: string;
  /** flood: what came too fast to be told one by one. */
  readonly kind: 'alarms' | 'flood';
  readonly items: readonly LetterItem[];
  /** Of moments in texts. */
  readonly timeZone: string;
};

export type LetterItem = {
  readonly notice: Notice;
  /** Told before, and nobody has acknowledged it since. */
  readonly isRepeat: boolean;
};

export type HttpMessage = {
  readonly url: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Mail = {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Of Message-ID and References, without brackets and host. */
  readonly id: string;
  readonly thread: string;
  readonly isUrgent: boolean;
};

/** How channels reach the outside. They resolve once the other side has taken it. */
export type Outlets = {
  post(message: HttpMessage): Promise<void>;
  mail(mail: Mail): Promise<void>;
};

/** What an outlet throws; any other error is a bug of ours and is not tried again. */
export type DeliveryFailure = Error & { readonly retryable: boolean; readonly retryAfterMs?: number | undefined };

export function isDeliveryFailure(error: unknown): error is DeliveryFailure {
  return error instanceof Error && typeof (error as Partial<DeliveryFailure>).retryable === 'boolean';
}

/** Reads the file of a secret; a sentence goes to the author of the file where it cannot. */
export type SecretReader = (file: string) => { readonly value: string } | { readonly problem: string };

export type Channel<Schema extends z.ZodType> = {
  /** Of its object in receivers.json; secrets stand in files of their own, which the schema reads. */
  readonly schema: (readSecret: SecretReader) => Schema;
  readonly send: (letter: Letter, settings: z.output<Schema>, outlets: Outlets) => Promise<void>;
};
