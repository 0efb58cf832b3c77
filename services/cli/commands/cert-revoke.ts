// `penstock cert revoke`: a certificate that is good no more, from now on.

import { EXIT } from '#runtime/start-error.ts';
import { runCert } from '../certificates/run-cert.ts';
import type { CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';

const HELP = `
  penstock cert revoke lyon/tank-farm/tank-01     every certificate of that name
  penstock cert revoke 4F2A…                      a single one, by its serial number (\`penstock cert list\`)

A broker that runs lets it in no more, and ends its connection within a second. A certificate that is revoked stays revoked.`;

export const certRevokeCommand: CliCommand = {
  name: 'cert revoke',
  operands: '<name|serial>',
  summary: 'revoke the certificates of a client, also while it is connected',
  help: HELP,
  options: [['--json', 'as JSON']],
  run: (call, cli) => {
    const [wanted = ''] = call.operands;
    return runCert(call, cli, {
      act: async (store) => {
        const authority = await store.authority();
        const isWanted = ({ name, serial }: { readonly name: string; readonly serial: string }) =>
          serial === wanted.toUpperCase() || name === wanted;
        const found = store.list().filter((each) => each.kind !== 'authority' && isWanted(each));
        if (found.length === 0)
          return refuse(
            [`no certificate '${wanted}' was issued here; \`penstock cert list\` shows them`],
            EXIT.findings,
            cli,
          );
        // By its name a server is not meant: the broker's own certificate may bear the name of a machine.
        const revoked = found.filter(
          ({ kind, serial, revokedAt }) =>
            revokedAt === undefined && (kind !== 'server' || serial === wanted.toUpperCase()),
        );
        if (revoked.length === 0) return refuse([`'${wanted}' is revoked already`], EXIT.findings, cli);
        const revokedAt = new Date(cli.now());
        const added = revoked.map(({ serial }) => ({ serial, revokedAt }));
        await store.writeRevocations(authority, [...store.revocations(), ...added], cli.now());
        if (call.options.json === true)
          cli.out(`${JSON.stringify(revoked.map(({ name, serial }) => ({ name, serial })))}\n`);
        else cli.out(revoked.map(({ name, serial }) => `${serial}  ${name}\n`).join(''));
        return EXIT.ok;
      },
    });
  },
};
