import { createServer, type Server, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { afterEach, expect, test } from 'vitest';
import { noticeOf } from '../notify/testing.ts';
import { composeMail, email, mailOptions, SmtpError, type SmtpSettings, sendMail } from './email.ts';
import { hostileLetter, hugeLetter, letterOf, recordedOutlets } from './testing.ts';

const FROM = 'penstock@example.org';

async function asJson(mail: ReturnType<typeof composeMail>) {
  const transport = createTransport({ jsonTransport: true });
  return JSON.parse((await transport.sendMail(mailOptions(mail, FROM))).message.toString());
}

test('a mail in plain text, filed by group, known again by its id', async () => {
  const outlets = recordedOutlets();
  await email.send(letterOf(), { type: 'email', to: 'shift@example.org' }, outlets);
  const [mail] = outlets.mails;
  if (mail === undefined) throw new Error('No mail');
  expect(await asJson(mail)).toMatchObject({
    from: { address: FROM },
    to: [{ address: 'shift@example.org' }],
    subject: 'CRITICAL active: Tank hot - T1 (lyon/tank-farm)',
    text: [
      'CRITICAL active: Tank hot - T1 (lyon/tank-farm)',
      '  T1 is at 83.1 °C',
      '  temp 83.1 > 80',
      '  since 2026-11-24 13:00:00 Europe/Paris',
      '  Response: Open the vent (within 10m)',
      '',
    ].join('\n'),
    messageId: '<k1@example.org>',
    references: '<t1@example.org>',
  });
});

test('only what calls is urgent', () => {
  expect(composeMail(letterOf(), 'a@b.c').isUrgent).toBe(true);
  expect(composeMail(letterOf([noticeOf({ event: 'ACKED', state: 'ACKED' })]), 'a@b.c').isUrgent).toBe(false);
});

test('a hostile name stays in the subject: no header of its own, no other receiver, no HTML', async () => {
  const mail = composeMail(hostileLetter(), 'shift@example.org');
  const json = await asJson(mail);
  expect(Object.keys(json)).not.toContain('bcc');
  expect(Object.keys(json)).not.toContain('html');
  expect(mail.subject).not.toMatch(/\p{Cc}/u);
  expect([...mail.subject].length).toBeLessThanOrEqual(200);
  expect(composeMail(hugeLetter(), 'a@b.c').text.length).toBeLessThan(20_000);
});

const open: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(() => {
  for (const { server, sockets } of open.splice(0)) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
});

/** A mail server of a few words. `answers` replaces what it says to a command. */
async function serveSmtp(answers: Readonly<Record<string, string>> = {}) {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let isData = false;
    let rest = '';
    const say = (text: string) => socket.write(`${text}\r\n`);
    say(answers.greeting ?? '220 test');
    socket.on('data', (chunk) => {
      const all = (rest + chunk.toString()).split('\r\n');
      rest = all.pop() ?? '';
      for (const line of all) {
        lines.push(line);
        if (isData) {
          if (line !== '.') continue;
          isData = false;
          say(answers['.'] ?? '250 taken');
          continue;
        }
        const command = line.split(/[ :]/)[0]?.toUpperCase() ?? '';
        if (command === 'DATA') isData = true;
        say(
          answers[command] ??
            { EHLO: '250 test', DATA: '354 go on', QUIT: '221 bye', STARTTLS: '502 unknown' }[command] ??
            '250 ok',
        );
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ server, sockets });
  const { port } = server.address() as { port: number };
  const smtp: SmtpSettings = {
    host: '127.0.0.1',
    port,
    security: 'none',
    from: FROM,
    username: undefined,
    password: undefined,
  };
  return { lines, smtp };
}

const never = new AbortController().signal;

async function failure(attempt: Promise<void>): Promise<SmtpError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SmtpError) return error;
  throw new Error(`Expected an SmtpError, got ${String(error)}`);
}

test('a conversation with a mail server: one envelope to one address, whatever the names say', async () => {
  const { lines, smtp } = await serveSmtp();
  await sendMail(composeMail(hostileLetter(), 'shift@example.org'), smtp, never);
  expect(lines.filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([
    expect.stringMatching(/^MAIL FROM:<penstock@example\.org>/),
    'RCPT TO:<shift@example.org>',
  ]);
  const head = lines.slice(lines.indexOf('DATA') + 1, lines.indexOf('', lines.indexOf('DATA')));
  expect(head.filter((line) => /^bcc:/i.test(line))).toEqual([]);
  expect(head).toContain('Auto-Submitted: auto-generated');
  expect(head).toContain('Message-ID: <k1@example.org>');
});

test.each([
  [{ RCPT: '550 no such user' }, false, '550 no such user'],
  [{ RCPT: '450 mailbox busy' }, true, '450 mailbox busy'],
  [{ '.': '554 spam' }, false, '554 spam'],
  [{ '.': '451 later' }, true, '451 later'],
  [{ greeting: '421 too many' }, true, '421 too many'],
])('a server that says %o: whether later is %o', async (answers, retryable, words) => {
  const { smtp } = await serveSmtp(answers);
  const error = await failure(sendMail(composeMail(letterOf(), 'a@example.org'), smtp, never));
  expect(error).toMatchObject({ retryable, message: `127.0.0.1 did not take the mail: ${words}` });
});

test('a server without encryption is refused where encryption is asked for, before any mail or password', async () => {
  const { lines, smtp } = await serveSmtp();
  const asked: SmtpSettings = { ...smtp, security: 'starttls', username: 'p', password: 'canary' };
  const error = await failure(sendMail(composeMail(letterOf(), 'a@example.org'), asked, never));
  expect(error.message).not.toContain('canary');
  expect(lines.filter((line) => /^(AUTH|MAIL|DATA)/.test(line))).toEqual([]);
});

test('nobody listens: later', async () => {
  const { smtp } = await serveSmtp();
  for (const { server } of open) await new Promise((resolve) => server.close(resolve));
  expect((await failure(sendMail(composeMail(letterOf(), 'a@example.org'), smtp, never))).retryable).toBe(true);
});
