// `penstock cert list`: what the authority has issued.

import { formatTable } from '#rules/backtest/format-table.ts';
import { EXIT } from '#runtime/start-error.ts';
import type { ListedCertificate } from '../certificates/certificate-store.ts';
import { runCert } from '../certificates/run-cert.ts';
import type { CliCommand } from '../cli.ts';

export const certListCommand: CliCommand = {
  name: 'cert list',
  summary: 'list the certificates that were issued, and which of them are good',
  options: [['--json', 'as JSON']],
  run: (call, cli) =>
    runCert(call, cli, {
      act: async (store) => {
        await store.authority();
        const listed = store.list().map((each) => ({ ...each, state: stateOf(each, cli.now()) }));
        if (call.options.json === true) {
          const shown = listed.map(({ serial, kind, name, hosts, validTo, revokedAt, state }) => ({
            ...{ serial, kind, name, hosts, validTo, state },
            revokedAt: revokedAt ?? null,
          }));
          cli.out(`${JSON.stringify(shown, null, 2)}\n`);
          return EXIT.ok;
        }
        const cells = listed.map(({ serial, kind, name, validTo, state }) => [serial, kind, name, day(validTo), state]);
        const [heading = '', ...rows] = formatTable(['serial number', 'kind', 'name', 'good until', 'state'], cells);
        cli.out(`${cli.paintOut('bold', heading)}\n${rows.join('\n')}\n`);
        return EXIT.ok;
      },
    }),
};

function stateOf({ validTo, revokedAt }: ListedCertificate, now: number): string {
  if (revokedAt !== undefined) return `revoked ${day(revokedAt)}`;
  return validTo.getTime() <= now ? 'expired' : 'good';
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
