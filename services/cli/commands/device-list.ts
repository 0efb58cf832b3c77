// `penstock device list`: which devices may log in. Says nothing by which anybody could.

import { formatTable } from '#rules/backtest/format-table.ts';
import { readAccess } from '#runtime/access/read-access.ts';
import { EXIT } from '#runtime/start-error.ts';
import { accessCommand, JSON_OPTION } from '../access/access-command.ts';

export const deviceListCommand = accessCommand({
  name: 'device list',
  summary: 'list devices that may log in, and those that were revoked',
  options: [JSON_OPTION],
  run: async ({ config, isJson }, cli) => {
    const devices = [...readAccess(config.root.data).devices].map(([name, row]) => ({ name, ...row }));
    if (isJson) cli.out(devices.map((device) => `${JSON.stringify(device)}\n`).join(''));
    else if (devices.length === 0) cli.err('there is no device yet; penstock device add makes the first one\n');
    else {
      const cells = devices.map(({ name, serial, revoked }) => [name, String(serial), revoked ? 'revoked' : '']);
      const [heading = '', ...lines] = formatTable(['device', '>token', 'state'], cells);
      cli.out(`${cli.paintOut('bold', heading)}\n${lines.join('\n')}\n`);
    }
    return EXIT.ok;
  },
});
