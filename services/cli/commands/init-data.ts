// `penstock init data`: what a first `penstock start` makes, for services that are started apart and share it.

import { accessFolder, serialOfUser } from '#runtime/access/access-files.ts';
import { readAccess } from '#runtime/access/read-access.ts';
import { readOrCreateSecret, readSecretIfOurs, SECRET_NAMES } from '#runtime/secrets.ts';
import { EXIT } from '#runtime/start-error.ts';
import { type AccessCall, accessCommand, DRY_RUN } from '../access/access-command.ts';
import { addUser } from '../access/add-user.ts';
import { firstPerson } from '../access/first-person.ts';
import type { Cli } from '../cli.ts';
import { GRAFANA_USER, SHARED_LOGINS, writeSharedLogins } from '../init/shared-logins.ts';

const HELP = `
It makes the keys in <data>/secrets and, where there is no file of users yet, the user operator, whose password it shows this
once. What is there is left as it is, so it may be run again at any time.

  penstock init data
  penstock init data --logins /logins`;

export const initDataCommand = accessCommand({
  name: 'init data',
  summary: 'make the keys and the first login that services share, where they are not started together',
  help: HELP,
  options: [
    ['--logins <folder>', 'also write there what writer, console, InfluxDB and Grafana log in with, a folder for each'],
    DRY_RUN,
  ],
  run: (call, cli) => (call.isDry ? foretell(call, cli) : make(call, cli)),
});

const loginsFolder = ({ options }: AccessCall) => options.logins as string | undefined;

async function make(call: AccessCall, cli: Cli): Promise<number> {
  const { data } = call.config.root;
  for (const name of SECRET_NAMES) {
    const { file, isNew } = readOrCreateSecret(data, name);
    if (isNew) cli.err(`${file} is made\n`);
  }
  const first = await firstPerson(data, cli);
  if (first.kind === 'made') {
    cli.out(`${first.password}\n`);
    cli.err(`${first.user} (engineer) may log in with this password, which is not shown again\n`);
  }
  const folder = loginsFolder(call);
  if (folder === undefined) return EXIT.ok;
  if (!readAccess(data).users.has(GRAFANA_USER)) {
    await addUser(data, { name: GRAFANA_USER, row: { role: 'viewer' } }, { sleep: cli.sleep });
    cli.err(`${GRAFANA_USER} (viewer) may read the store\n`);
  }
  const written = writeSharedLogins({
    folder,
    tokenKey: readOrCreateSecret(data, 'token-key').value,
    serialOf: (name) => serialOfUser(accessFolder(data), name),
  });
  cli.err(written.map((file) => `${file} is written\n`).join(''));
  return EXIT.ok;
}

async function foretell(call: AccessCall, cli: Cli): Promise<number> {
  const { data } = call.config.root;
  const keys = SECRET_NAMES.filter((name) => readSecretIfOurs(data, name) === undefined);
  const { users } = readAccess(data);
  const folder = loginsFolder(call);
  const sentences = [
    ...keys.map((name) => `would make the key ${name}`),
    ...(users.size === 0 ? ['would make the user operator (engineer)'] : []),
    ...(folder === undefined ? [] : SHARED_LOGINS.map(({ file }) => `would write ${folder}/${file}`)),
  ];
  cli.err(`${sentences.join('\n') || 'there is nothing to do'}\n`);
  return EXIT.ok;
}
