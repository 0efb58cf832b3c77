// `penstock user passwd`: a new password for a person. Whoever was logged in by the old one has to log in anew.

import type { AccessFiles } from '#runtime/access/access-files.ts';
import { editAccess } from '#runtime/access/edit-access.ts';
import { hashPassword } from '#runtime/access/password-hash.ts';
import { EXIT } from '#runtime/start-error.ts';
import { accessCommand, DRY_RUN, JSON_OPTION, nameOf, refusal } from '../access/access-command.ts';
import { userNamed } from '../access/names.ts';
import { type PasswordSource, terminalPasswords, wantedPassword } from '../access/wanted-password.ts';
import type { CliCommand } from '../cli.ts';

export const userPasswdCommand = passwdCommand(terminalPasswords);

export function passwdCommand(passwords: PasswordSource): CliCommand {
  return accessCommand({
    name: 'user passwd',
    operands: '<name>',
    summary: 'give a person a new password; who is logged in by the old one has to come anew',
    options: [['--password-stdin', 'the password stands on stdin'], JSON_OPTION, DRY_RUN],
    run: async (call, cli) => {
      const { config, options, isDry, isJson } = call;
      const name = nameOf(call, 'the user');
      const { data } = config.root;
      const change = (password: string | undefined, dry: boolean) =>
        editAccess(data, (files) => ({ edits: passwordEdits(name, password, files), result: undefined }), {
          sleep: cli.sleep,
          isDry: dry,
        });
      await change(undefined, true);
      if (isDry) {
        cli.err(`would give ${name} a new password\n`);
        return EXIT.ok;
      }
      const { password, isMade } = await wantedPassword(name, options.passwordStdin === true, passwords);
      await change(await hashPassword(password), false);
      if (isJson) cli.out(`${JSON.stringify({ name, ...(isMade ? { password } : {}) })}\n`);
      else if (isMade) cli.out(`${password}\n`);
      cli.err(`${name} has a new password${isMade ? '; it is not shown again' : ''}\n`);
      return EXIT.ok;
    },
  });
}

function passwordEdits(name: string, password: string | undefined, files: AccessFiles) {
  const user = userNamed(name, files);
  if (user.role === 'service')
    throw refusal(`'${name}' is a program, and has no password; a new token: penstock user token ${name} --new`);
  const { serial, ...row } = user;
  const value = { ...row, ...(serial === 1 ? {} : { serial }), ...(password === undefined ? {} : { password }) };
  return [{ at: ['users', name] as const, value }];
}
