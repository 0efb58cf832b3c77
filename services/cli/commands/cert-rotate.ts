// `penstock cert rotate`: another certificate for the broker, by the same authority.

import { EXIT } from '#runtime/start-error.ts';
import { validFor } from '../certificates/authority.ts';
import { hostProblems, withLocalHosts } from '../certificates/names.ts';
import { listOf, runCert } from '../certificates/run-cert.ts';
import type { CliCommand } from '../cli.ts';
import { SERVER_DAYS } from './cert-init.ts';

const HELP = `
Clients trust the authority and notice nothing; a broker that runs takes the new certificate within a second and drops nobody.`;

export const certRotateCommand: CliCommand = {
  name: 'cert rotate',
  summary: 'give the broker a new certificate and key, also while it runs',
  help: HELP,
  options: [['--host <name...>', 'other names and addresses than those of the certificate it has']],
  run: (call, cli) => {
    const wished = listOf(call.options.host);
    return runCert(call, cli, {
      problems: hostProblems(wished),
      act: async (store) => {
        const authority = await store.authority();
        const hosts = wished.length > 0 ? wished : store.serverHosts();
        const server = await authority.issueServer(withLocalHosts(hosts), validFor(SERVER_DAYS, cli.now()));
        store.writeServer(server);
        cli.out(`${server.serial}\n`);
        cli.err(`good for ${server.hosts.join(', ')} until ${server.validTo.toISOString().slice(0, 10)}\n`);
        return EXIT.ok;
      },
    });
  },
};
