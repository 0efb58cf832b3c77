// `penstock device revoke`: a device that was lost or sold may not log in any more, and is cut off within a second. Its row
// stays, so that its token never becomes good again.

import { editAccess } from '#runtime/access/edit-access.ts';
import { EXIT } from '#runtime/start-error.ts';
import { accessCommand, DRY_RUN, nameOf } from '../access/access-command.ts';
import { deviceNamed } from '../access/names.ts';
import type { CliCommand } from '../cli.ts';

export const deviceRevokeCommand: CliCommand = accessCommand({
  name: 'device revoke',
  operands: '<name>',
  summary: 'a device may not log in any more; it is cut off within a second',
  options: [DRY_RUN],
  run: async (call, cli) => {
    const { config, isDry } = call;
    const name = nameOf(call, 'the device');
    const wasRevoked = await editAccess(
      config.root.data,
      (files) => {
        const { serial, revoked } = deviceNamed(name, files);
        const value = { ...(serial === 1 ? {} : { serial }), revoked: true };
        return { edits: [{ at: ['devices', name], value }], result: revoked };
      },
      { sleep: cli.sleep, isDry },
    );
    if (wasRevoked) cli.err(`${name} was revoked before\n`);
    else cli.err(`${isDry ? 'would revoke' : 'revoked'} ${name}; penstock device add ${name} gives it a new token\n`);
    return EXIT.ok;
  },
});
