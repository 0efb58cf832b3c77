// E-mail over SMTP. Plain text only: nothing to escape, and nothing that a mail program would load. The only file that
// imports nodemailer; a connection serves one mail, as they are rare.

import { createTransport, type SendMailOptions } from 'nodemailer';
import { z } from 'zod';
import type { Channel, DeliveryFailure, Letter, Mail, SecretReader } from './channel.ts';
import { letterText, textLines, urgencyOf } from './letter-text.ts';
import { plainText } from './plain-text.ts';
import { secretFile } from './settings.ts';

const SUBJECT_MAX = 200;
/** Servers that look up who calls, or delay to annoy senders of spam, take their time. */
const SMTP_TIMEOUT_MS = 15_000;
const DNS_TIMEOUT_MS = 5_000;

const mailbox = z.email({ error: 'must be one address such as shift@example.org' });

const schema = (_readSecret: SecretReader) => z.strictObject({ type: z.literal('email'), to: mailbox });

/** Of the mail server, once for all receivers. */
export const smtpSchema = (readSecret: SecretReader) =>
  z
    .strictObject({
      host: z.string().min(1),
      port: z.int().min(1).max(65_535).default(587),
      security: z
        .enum(['starttls', 'tls', 'none'])
        .default('starttls')
        .describe(
          'starttls: encrypted or not sent. tls: from the first byte (port 465). none: only on a network you trust.',
        ),
      from: mailbox,
      username: z.string().min(1).optional(),
      passwordFile: secretFile(readSecret).optional().describe('A file that holds the password.'),
    })
    .refine(({ username, passwordFile }) => (username === undefined) === (passwordFile === undefined), {
      error: 'username and passwordFile go together',
    })
    .refine(({ security, username }) => security !== 'none' || username === undefined, {
      error: 'a password is not sent without encryption; use starttls or tls',
    })
    .transform(({ passwordFile, ...rest }) => ({ ...rest, password: passwordFile }));

export type SmtpSettings = z.output<ReturnType<typeof smtpSchema>>;

export const email: Channel<ReturnType<typeof schema>> = {
  schema,
  send: (letter, { to }, outlets) => outlets.mail(composeMail(letter, to)),
};

export function composeMail(letter: Letter, to: string): Mail {
  const text = letterText(letter);
  return {
    to: [to],
    subject: plainText(text.headline, SUBJECT_MAX),
    text: `${textLines(text).join('\n')}\n`,
    id: letter.key,
    thread: letter.thread,
    isUrgent: urgencyOf(letter).isCalling,
  };
}

/** A mail that is sent twice bears the same Message-ID, by which most servers keep one of them. */
export function mailOptions(mail: Mail, from: string): SendMailOptions {
  const host = from.slice(from.lastIndexOf('@') + 1);
  return {
    from,
    to: [...mail.to],
    subject: mail.subject,
    text: mail.text,
    messageId: `<${mail.id}@${host}>`,
    references: `<${mail.thread}@${host}>`,
    priority: mail.isUrgent ? 'high' : 'normal',
    headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no answers from holidays
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/**
 * Resolves once the server has taken the mail.
 * @throws SmtpError
 */
export async function sendMail(mail: Mail, smtp: SmtpSettings, signal: AbortSignal): Promise<void> {
  const { host, port, security, username, password } = smtp;
  const transport = createTransport({
    ...{ host, port },
    secure: security === 'tls',
    ...(security === 'none' ? { ignoreTLS: true } : { requireTLS: true }),
    ...(username === undefined ? {} : { auth: { user: username, pass: password } }),
    tls: { minVersion: 'TLSv1.2' },
    ...{ connectionTimeout: SMTP_TIMEOUT_MS, greetingTimeout: SMTP_TIMEOUT_MS, socketTimeout: SMTP_TIMEOUT_MS },
    dnsTimeout: DNS_TIMEOUT_MS,
  });
  try {
    await transport.sendMail({ ...mailOptions(mail, smtp.from), signal });
  } catch (error) {
    throw new SmtpError(host, error as Error & SmtpReply);
  } finally {
    transport.close();
  }
}

type SmtpReply = { readonly code?: string; readonly responseCode?: number; readonly response?: string };

/** What no later try changes by itself: who we say we are, whom we write to, what we ask of the server. */
const FINAL = new Set(['EAUTH', 'ENOAUTH', 'EENVELOPE', 'ECONFIG']);

/** RFC 5321, 4.2.1: 4yz may be tried again, 5yz not. Without a reply it is the network, which comes back. */
export class SmtpError extends Error implements DeliveryFailure {
  override readonly name = 'SmtpError';
  readonly retryable: boolean;

  constructor(host: string, { code, responseCode, response, message }: Error & SmtpReply) {
    super(plainText(`${host} did not take the mail: ${response ?? `${code ?? ''} ${message}`}`, 300));
    this.retryable = responseCode === undefined ? !FINAL.has(code ?? '') : responseCode < 500;
  }
}
