// `penstock cert device`: a certificate by which a device, or a program, shows who it is.

import path from 'node:path';
import { EXIT } from '#runtime/start-error.ts';
import { validFor } from '../certificates/authority.ts';
import { clientNameProblem } from '../certificates/names.ts';
import { runCert } from '../certificates/run-cert.ts';
import type { CliCommand } from '../cli.ts';

const DAYS_DEFAULT = 730;

const HELP = `
  penstock cert device lyon/tank-farm/tank-01 --out /media/usb
  mosquitto_pub --cafile ca.pem --cert client.pem --key client-key.pem -p 8883 …

Copy the folder to the device and delete it here: its key is nowhere else. The same name may have several certificates, so
that a new one can be put in place before the old one ends.`;

export const certDeviceCommand: CliCommand = {
  name: 'cert device',
  operands: '<name>',
  summary: 'make a client certificate for a device (site/area/device) or a program (a name)',
  help: HELP,
  options: [
    ['--out <folder>', 'where to put certificate and key (default: below the data folder)'],
    ['--days <count>', `how long it is good (default: ${DAYS_DEFAULT})`],
    ['--json', 'as JSON'],
  ],
  run: (call, cli) => {
    const { operands, options } = call;
    const [name = ''] = operands;
    const days = Number(options.days ?? DAYS_DEFAULT);
    const problems = [
      clientNameProblem(name),
      Number.isSafeInteger(days) && days > 0
        ? undefined
        : `--days must be a whole number from 1, and not '${options.days}'`,
    ].filter((problem) => problem !== undefined);
    return runCert(call, cli, {
      problems,
      act: async (store) => {
        const authority = await store.authority();
        const client = await authority.issueClient(name, validFor(days, cli.now()));
        const out = typeof options.out === 'string' ? path.resolve(options.out) : undefined;
        const folder = store.writeClient(client, out);
        const { serial, validTo } = client;
        const about = { name, serial, validTo: validTo.toISOString(), folder };
        cli.out(options.json === true ? `${JSON.stringify(about)}\n` : `${folder}\n`);
        cli.err(`${name}, serial number ${serial}, good until ${about.validTo.slice(0, 10)}\n`);
        return EXIT.ok;
      },
    });
  },
};
