// What is about to expire, in words, early enough for somebody to do something.

import type { Priority } from '#domain/alarm.ts';
import type { ReadCertificates } from './read-certificates.ts';

export type CertificateProblem = { readonly id: string; readonly text: string; readonly priority: Priority };

const DAY_MS = 86_400_000;

/** The days before an end at which it becomes more urgent. */
const URGENCY: readonly (readonly [days: number, priority: Priority])[] = [
  [1, 'critical'],
  [7, 'high'],
  [30, 'medium'],
];

type Ending = { readonly id: string; readonly what: string; readonly endsAt: number; readonly wayOut: string };

/** ms since the epoch at which the first of them ends. */
export function firstEndAt(read: ReadCertificates): number {
  return Math.min(...endingsOf(read).map(({ endsAt }) => endsAt));
}

/** One for each that ends within 30 days, or has ended. */
export function certificateProblems(read: ReadCertificates, now: number): CertificateProblem[] {
  return endingsOf(read).flatMap(({ id, what, endsAt, wayOut }) => {
    const urgency = URGENCY.find(([days]) => endsAt - now <= days * DAY_MS);
    if (urgency === undefined) return [];
    const date = new Date(endsAt).toISOString().slice(0, 16).replace('T', ' ');
    const days = Math.floor((endsAt - now) / DAY_MS);
    const when = endsAt <= now ? `has expired on ${date} UTC` : `expires on ${date} UTC, ${inDays(days)}`;
    return [{ id, text: `${what} ${when}; ${wayOut}`, priority: urgency[1] }];
  });
}

function inDays(days: number): string {
  if (days === 0) return 'in less than a day';
  return days === 1 ? 'in 1 day' : `in ${days} days`;
}

function endingsOf({ server, authorities, revoked }: ReadCertificates): Ending[] {
  const next = revoked?.list.nextUpdateAt;
  return [
    {
      id: 'certificate-server',
      what: "the broker's certificate",
      endsAt: server.validToDate.getTime(),
      wayOut: '`penstock cert rotate` makes a new one, and the running broker takes it',
    },
    ...authorities.map((authority, i) => ({
      id: i === 0 ? 'certificate-authority' : `certificate-authority-${i + 1}`,
      what: `the certificate of the authority '${authority.subject}'`,
      endsAt: authority.validToDate.getTime(),
      wayOut: 'a new authority means new certificates for every client',
    })),
    ...(next === undefined
      ? []
      : [
          {
            id: 'certificate-revocations',
            what: 'the list of revoked certificates',
            endsAt: next,
            wayOut: 'after that no client with a certificate is let in; fetch a new list from the authority',
          },
        ]),
  ];
}
