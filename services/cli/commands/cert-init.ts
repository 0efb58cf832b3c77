// `penstock cert init`: an authority of the plant's own, and the broker's first certificate.

import { EXIT } from '#runtime/start-error.ts';
import { Authority, validFor } from '../certificates/authority.ts';
import { hostProblems, withLocalHosts } from '../certificates/names.ts';
import { listOf, runCert } from '../certificates/run-cert.ts';
import type { CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';

/** What browsers and phones take at most; nobody else minds. */
export const SERVER_DAYS = 397;

const HELP = `
  penstock cert init --host broker.plant.local 192.168.10.5

The broker then listens with TLS at its next start. Clients are given ca.pem, a Pico ca.der. Keep ca-key.pem where only
you can read it: whoever has it can make certificates that the broker believes.`;

export const certInitCommand: CliCommand = {
  name: 'cert init',
  summary: "make the plant's own certificate authority, and the broker's certificate",
  help: HELP,
  options: [['--host <name...>', 'names and addresses by which clients reach the broker, besides localhost']],
  run: (call, cli) => {
    const hosts = listOf(call.options.host);
    return runCert(call, cli, {
      problems: hostProblems(hosts),
      act: async (store) => {
        const { folder, ca, caDer } = store.files;
        if (store.hasAuthority)
          return refuse(
            [
              `there is an authority in ${folder} already; \`penstock cert rotate --host …\` makes the broker another certificate, and to begin anew move that folder away (every client then needs a new certificate)`,
            ],
            EXIT.findings,
            cli,
          );
        const now = cli.now();
        const { authority, made } = await Authority.create(now);
        const server = await authority.issueServer(withLocalHosts(hosts), validFor(SERVER_DAYS, now));
        await store.found(authority, made, server, now);
        cli.out(`${ca}\n${caDer}\n`);
        cli.err(
          `the broker's certificate is good for ${server.hosts.join(', ')} until ${server.validTo.toISOString().slice(0, 10)}; it listens with TLS from its next start\n`,
        );
        return EXIT.ok;
      },
    });
  },
};
