// `penstock user remove`: somebody may not log in any more, and is cut off within a second.

import type { AccessFiles } from '#runtime/access/access-files.ts';
import { type AccessEdit, editAccess } from '#runtime/access/edit-access.ts';
import { EXIT } from '#runtime/start-error.ts';
import { accessCommand, DRY_RUN, nameOf, refusal } from '../access/access-command.ts';
import { userNamed } from '../access/names.ts';

/** Who can still run the plant: without one nobody could put an alarm in service again, or add a user from the page. */
const KEEPERS: readonly string[] = ['engineer', 'admin'];

export const userRemoveCommand = accessCommand({
  name: 'user remove',
  operands: '<name>',
  summary: 'take a login away; connections and sessions of it end within a second',
  options: [['--force', 'even the last engineer or admin'], DRY_RUN],
  run: async (call, cli) => {
    const { config, options, isDry } = call;
    const name = nameOf(call, 'the user');
    const role = await editAccess(
      config.root.data,
      (files) => {
        const user = userNamed(name, files);
        if (options.force !== true && isLastKeeper(name, files))
          throw refusal(`'${name}' is the last engineer or admin; add another one first, or say --force`);
        const edits: AccessEdit[] = [
          { at: ['users', name], value: undefined },
          { at: ['removed', name], value: user.serial },
        ];
        return { edits, result: user.role };
      },
      { sleep: cli.sleep, isDry },
    );
    cli.err(`${isDry ? 'would remove' : 'removed'} ${name} (${role})\n`);
    return EXIT.ok;
  },
});

function isLastKeeper(name: string, { users }: AccessFiles): boolean {
  const keepers = [...users].filter(([, { role }]) => KEEPERS.includes(role)).map(([each]) => each);
  return keepers.length === 1 && keepers[0] === name;
}
