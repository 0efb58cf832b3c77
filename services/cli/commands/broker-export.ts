// `penstock broker export`: the files that another broker needs to stand in the place of the embedded one, with the same users
// and rights.

import path from 'node:path';
import { accessFolder, readAccessFiles } from '#runtime/access/access-files.ts';
import { writePrivateFile } from '#runtime/access/private-file.ts';
import { makeDurableFolder } from '#runtime/durable-folder.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { readOrCreateSecret, readSecretIfOurs } from '#runtime/secrets.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import type { Call, Cli, CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';
import { foreignFilters } from '../mosquitto/foreign-filters.ts';
import { loginsOf, takenClientIds } from '../mosquitto/logins.ts';
import { type MosquittoFiles, mosquittoFiles, readableFiles } from '../mosquitto/mosquitto-files.ts';
import { readCertificate } from '../mosquitto/read-certificate.ts';
import { type AllSettings, readSettings } from '../settings.ts';

const PORT_DEFAULT = 8883;
const SERVICES_PORT_DEFAULT = 8884;
const SERVICES_HOST_DEFAULT = '127.0.0.1';
const PERSISTENCE_DEFAULT = '/var/lib/mosquitto';

const HELP = `
Devices, people and programs log in there by their tokens, as here; passwords of people are not known and do not go along.
Users, devices and rights that change are exported again into the same folder, and mosquitto is told to reload.

  penstock broker export mosquitto --out /etc/mosquitto/penstock
  penstock broker export mosquitto --out /etc/mosquitto/penstock --dry-run | less`;

export const brokerExportCommand: CliCommand = {
  name: 'broker export',
  operands: '<broker>',
  summary: 'write the files of another broker with our users and rights: mosquitto',
  help: HELP,
  options: [
    ['--out <folder>', 'where the files are to lie'],
    ['--port <port>', `TLS port for devices, people and programs (default: ${PORT_DEFAULT})`],
    ['--host <address>', 'address that it listens on (default: all)'],
    ['--services-port <port>', `TLS port for the services of the pipeline (default: ${SERVICES_PORT_DEFAULT})`],
    ['--services-host <address>', `address that it listens on (default: ${SERVICES_HOST_DEFAULT})`],
    ['--persistence <folder>', `where mosquitto keeps what it remembers (default: ${PERSISTENCE_DEFAULT})`],
    ['--cert <file>', "certificate that mosquitto shows (default: the embedded broker's)"],
    ['--key <file>', 'its key'],
    ['--ca <file>', 'certificate of who signed it'],
    ['--dry-run', 'print the configuration and the rights, and write nothing'],
  ],
  run: async (call, cli) => {
    const problems = usageProblems(call);
    if (problems.length > 0) return refuse(problems, EXIT.usage, cli);
    const loaded = readSettings(call.settings, cli);
    if (typeof loaded === 'number') return loaded;
    try {
      return await exportFiles(call, loaded.config, cli);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      return refuse([error.message], error.exitCode, cli);
    }
  },
};

function usageProblems({ operands: [broker], options }: Call): string[] {
  const problems: string[] = [];
  if (broker !== 'mosquitto') problems.push(`'${broker}' cannot be exported to; what can is mosquitto`);
  if (options.out === undefined) problems.push('--out <folder> is missing: where are the files to lie?');
  for (const name of ['port', 'servicesPort'] as const)
    if (!isPort(options[name])) problems.push(`a port is a number from 1 to 65535, and not '${options[name]}'`);
  return problems;
}

function isPort(text: unknown): boolean {
  return text === undefined || (/^\d{1,5}$/.test(String(text)) && Number(text) >= 1 && Number(text) <= 65_535);
}

async function exportFiles({ options }: Call, { root, broker, rules }: AllSettings, cli: Cli): Promise<number> {
  const text = (name: string) => options[name] as string | undefined;
  const isDryRun = options.dryRun === true;
  const access = readAccessFiles(accessFolder(root.data));
  if (Array.isArray(access)) return refuse(access.map(formatProblem), EXIT.config, cli);
  const foreign = foreignFilters(rules.dir);
  if ('problems' in foreign) return refuse(foreign.problems.map(formatProblem), EXIT.config, cli);
  // What is only shown has no passwords in it.
  const key = isDryRun ? readSecretIfOurs(root.data, 'token-key') : readOrCreateSecret(root.data, 'token-key').value;
  const logins = loginsOf(access, key ?? '');
  const taken = takenClientIds(logins);
  if (taken.length > 0)
    return refuse(
      taken.map((name) => `'${name}' would be the client id of a service there; give this one another name`),
      EXIT.config,
      cli,
    );
  const folder = path.resolve(text('out') ?? '');
  const services = {
    host: text('servicesHost') ?? SERVICES_HOST_DEFAULT,
    port: Number(text('servicesPort') ?? SERVICES_PORT_DEFAULT),
  };
  const files = mosquittoFiles(
    logins,
    readCertificate(root.data, { cert: text('cert'), key: text('key'), ca: text('ca') }),
    {
      folder,
      persistence: path.resolve(text('persistence') ?? PERSISTENCE_DEFAULT),
      clients: { host: text('host'), port: Number(text('port') ?? PORT_DEFAULT) },
      services,
      connectionsMax: broker.connectionsMax,
      packetBytesMax: broker.packetBytesMax,
      queueBytesMax: broker.serviceQueueBytesMax,
      foreign,
    },
  );
  if (isDryRun) return show(files, cli);
  await write(folder, files);
  cli.out(`${path.join(folder, 'mosquitto.conf')}\n`);
  cli.err(nextSteps(folder, services, logins.clients.length));
  return EXIT.ok;
}

function show(files: MosquittoFiles, { out }: Cli): number {
  const shown = Object.entries(readableFiles(files)).map(([name, content]) => `### ${name}\n${content}`);
  out(shown.join('\n'));
  return EXIT.ok;
}

/** The configuration last: it is what says that the others are there. */
async function write(folder: string, files: MosquittoFiles): Promise<void> {
  try {
    makeDurableFolder(folder);
    for (const [name, content] of Object.entries(files).reverse())
      await writePrivateFile(path.join(folder, name), content);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new StartError(`${folder} cannot be written (${message}); choose another with --out, or run as who may`);
  }
}

function nextSteps(
  folder: string,
  { host, port }: { readonly host: string; readonly port: number },
  clients: number,
): string {
  const at = (name: string) => path.join(folder, name);
  return `
${clients} of devices, people and programs, and the services of the pipeline. Next:
  chown -R mosquitto: ${folder}              the files are for the user that runs mosquitto, again after each export
  mosquitto -c ${at('mosquitto.conf')}       or put it in the place of /etc/mosquitto/mosquitto.conf and restart the service
  kill -HUP <its process>                    after each further export

The services log in there by their own tokens:
  PENSTOCK_BROKER_URL=mqtts://${host.includes(':') ? `[${host}]` : host}:${port} PENSTOCK_BROKER_TOKENS=on \\
    PENSTOCK_BROKER_CA_FILE=${at('ca.pem')} penstock start

Whoever has a password here logs in there with a token: \`penstock user token <name>\`. Each has one connection at a time.
`;
}
