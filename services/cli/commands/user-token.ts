// `penstock user token`: what a program, a service or a person's own tool logs in with. Made from the key in the data folder,
// so that it can be shown again; a new one ends the one before.

import { isServiceUser } from '#domain/access/identity.ts';
import type { AccessFiles, UserRow } from '#runtime/access/access-files.ts';
import { editAccess } from '#runtime/access/edit-access.ts';
import { makeToken } from '#runtime/access/token.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { EXIT } from '#runtime/start-error.ts';
import { accessCommand, DRY_RUN, JSON_OPTION, nameOf } from '../access/access-command.ts';
import { userNamed } from '../access/names.ts';

export const userTokenCommand = accessCommand({
  name: 'user token',
  operands: '<name>',
  summary: 'show the token that a user or a service logs in with',
  options: [['--new', 'make a new one; the old one ends within a second'], JSON_OPTION, DRY_RUN],
  run: async (call, cli) => {
    const { config, options, isDry, isJson } = call;
    const name = nameOf(call, 'the user');
    const { data } = config.root;
    const isNew = options.new === true;
    const serial = await editAccess(
      data,
      (files) => {
        const { serial: before, ...row } = bearerNamed(name, files);
        const result = isNew ? before + 1 : before;
        return { edits: isNew ? [{ at: ['users', name], value: { ...row, serial: result } }] : [], result };
      },
      { sleep: cli.sleep, isDry: isDry || !isNew },
    );
    if (isDry) {
      cli.err(
        `would ${isNew ? `make token ${serial} of ${name}, and end the one before` : `show the token of ${name}`}\n`,
      );
      return EXIT.ok;
    }
    const token = makeToken(readOrCreateSecret(data, 'token-key').value, { kind: 'user', name, serial });
    cli.out(isJson ? `${JSON.stringify({ name, token, serial })}\n` : `${token}\n`);
    if (isNew)
      cli.err(`the token before is not good any more${isServiceUser(name) ? '; start the service anew' : ''}\n`);
    return EXIT.ok;
  },
});

/** Our own services have a token without having a row. */
function bearerNamed(name: string, files: AccessFiles): UserRow {
  return isServiceUser(name) && !files.users.has(name) ? { role: 'service', serial: 1 } : userNamed(name, files);
}
