// `penstock user list`: who may log in. Says nothing by which anybody could.

import { formatTable } from '#rules/backtest/format-table.ts';
import { type AccessFiles, accessFolder } from '#runtime/access/access-files.ts';
import { readAccess } from '#runtime/access/read-access.ts';
import { EXIT } from '#runtime/start-error.ts';
import { accessCommand, JSON_OPTION } from '../access/access-command.ts';

export const userListCommand = accessCommand({
  name: 'user list',
  summary: 'list people and programs that may log in',
  options: [JSON_OPTION],
  run: async ({ config, isJson }, cli) => {
    const rows = [...readAccess(config.root.data).users].map(([name, user]) => rowOf(name, user));
    if (isJson) {
      cli.out(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      return EXIT.ok;
    }
    if (rows.length === 0) {
      cli.err(`there is no user in ${accessFolder(config.root.data)}; penstock user add makes the first one\n`);
      return EXIT.ok;
    }
    const cells = rows.map(({ name, role, as, hasPassword, tokenSerial }) => [
      ...[name, role, as ?? '', hasPassword ? 'yes' : 'no', String(tokenSerial)],
    ]);
    const [heading = '', ...lines] = formatTable(['name', 'role', 'as', 'password', '>token'], cells);
    cli.out(`${cli.paintOut('bold', heading)}\n${lines.join('\n')}\n`);
    return EXIT.ok;
  },
});

type User = AccessFiles['users'] extends ReadonlyMap<string, infer Row> ? Row : never;

function rowOf(name: string, user: User) {
  const hasPassword = user.role !== 'service' && user.password !== undefined;
  const as = user.role === 'service' ? (user.as ?? null) : null;
  return { name, role: user.role, as, hasPassword, tokenSerial: user.serial };
}
