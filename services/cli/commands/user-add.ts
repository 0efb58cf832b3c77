// `penstock user add`: somebody who may log in. A person gets a password, a program a token.

import { isServiceUser, SERVICE_USERS, type ServiceUser } from '#domain/access/identity.ts';
import { ROLES, type Role } from '#domain/alarm.ts';
import { hashPassword } from '#runtime/access/password-hash.ts';
import { makeToken } from '#runtime/access/token.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { EXIT } from '#runtime/start-error.ts';
import { type AccessCall, accessCommand, DRY_RUN, JSON_OPTION, nameOf, refusal } from '../access/access-command.ts';
import { addUser } from '../access/add-user.ts';
import { type PasswordSource, terminalPasswords, wantedPassword } from '../access/wanted-password.ts';
import type { Cli, CliCommand } from '../cli.ts';

const ROLE_NAMES = [...ROLES, 'service'] as const;

const HELP = `Roles:
  viewer     sees everything
  operator   acknowledges, shelves and resets alarms, approves and sends commands
  engineer   takes alarms out of service as well, and configures devices
  admin      everything
  service    a program: it logs in by a token, with the rights that <data>/access/acl.conf gives it,
             or those of a service of ours (--as)
`;

export const userAddCommand = addCommand(terminalPasswords);

export function addCommand(passwords: PasswordSource): CliCommand {
  return accessCommand({
    name: 'user add',
    operands: '<name>',
    summary: 'let somebody log in: a person by a password, a program by a token',
    help: HELP,
    options: [
      ['--role <role>', `one of ${ROLE_NAMES.join(', ')}`],
      ['--as <service>', 'with --role service: the service whose rights it has'],
      ['--password-stdin', 'the password stands on stdin'],
      JSON_OPTION,
      DRY_RUN,
    ],
    run: (call, cli) => {
      const role = roleOf(call.options.role);
      return role === 'service' ? addProgram(call, cli) : addPerson(call, role, { passwords, cli });
    },
  });
}

async function addProgram(call: AccessCall, cli: Cli): Promise<number> {
  const { options, isDry, config } = call;
  const name = nameOf(call, 'the program');
  if (options.passwordStdin === true) throw refusal('a program has a token, and no password');
  const as = serviceOf(options.as);
  const row = { role: 'service', ...(as === undefined ? {} : { as }) } as const;
  const { data } = config.root;
  const serial = await addUser(data, { name, row }, { sleep: cli.sleep, isDry });
  if (isDry) return wouldAdd(name, row.role, cli);
  const token = makeToken(readOrCreateSecret(data, 'token-key').value, { kind: 'user', name, serial });
  return tell({ name, role: row.role, token }, call, cli);
}

async function addPerson(
  call: AccessCall,
  role: Role,
  { passwords, cli }: { readonly passwords: PasswordSource; readonly cli: Cli },
): Promise<number> {
  const { options, isDry, config } = call;
  const name = nameOf(call, 'the user');
  if (options.as !== undefined) throw refusal('--as goes with --role service: a person has the rights of the role');
  const { data } = config.root;
  // Before anybody thinks up a password.
  await addUser(data, { name, row: { role } }, { sleep: cli.sleep, isDry: true });
  if (isDry) return wouldAdd(name, role, cli);
  const { password, isMade } = await wantedPassword(name, options.passwordStdin === true, passwords);
  await addUser(data, { name, row: { role, password: await hashPassword(password) } }, { sleep: cli.sleep });
  return tell({ name, role, ...(isMade ? { password } : {}) }, call, cli);
}

function roleOf(word: unknown): (typeof ROLE_NAMES)[number] {
  const role = ROLE_NAMES.find((each) => each === word);
  if (role !== undefined) return role;
  if (word === undefined) throw refusal(`what may the user do? --role is one of ${ROLE_NAMES.join(', ')}`);
  throw refusal(`--role is one of ${ROLE_NAMES.join(', ')}, and not '${word}'${didYouMean(String(word), ROLE_NAMES)}`);
}

function serviceOf(word: unknown): ServiceUser | undefined {
  if (word === undefined) return undefined;
  const name = String(word);
  if (isServiceUser(name)) return name;
  throw refusal(`--as is one of ${SERVICE_USERS.join(', ')}, and not '${name}'${didYouMean(name, SERVICE_USERS)}`);
}

function wouldAdd(name: string, role: string, cli: Cli): number {
  cli.err(`would add ${name} (${role})\n`);
  return EXIT.ok;
}

type Added = { readonly name: string; readonly role: string; readonly password?: string; readonly token?: string };

function tell(added: Added, { isJson }: AccessCall, cli: Cli): number {
  const secret = added.password ?? added.token;
  if (isJson) cli.out(`${JSON.stringify(added)}\n`);
  else if (secret !== undefined) cli.out(`${secret}\n`);
  const again =
    added.token === undefined ? 'is not shown again' : `is shown again by: penstock user token ${added.name}`;
  const what = added.token === undefined ? 'password' : 'token';
  cli.err(`${added.name} (${added.role}) may log in${secret === undefined ? '' : `; the ${what} ${again}`}\n`);
  return EXIT.ok;
}
