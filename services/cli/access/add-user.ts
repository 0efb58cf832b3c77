// A row for somebody new in the file of users.

import { type AccessEdit, type EditOptions, editAccess, type UserInput } from '#runtime/access/edit-access.ts';
import { refuseTakenUser } from './names.ts';

/**
 * The serial of the new user's token: the next one, where the name was borne before.
 * @throws StartError where the name is taken, or the files cannot be changed
 */
export function addUser(
  dataDir: string,
  { name, row }: { readonly name: string; readonly row: UserInput },
  options: EditOptions,
): Promise<number> {
  return editAccess(
    dataDir,
    (files) => {
      refuseTakenUser(name, files);
      const result = (files.removedUsers.get(name) ?? 0) + 1;
      const edits: AccessEdit[] = [
        { at: ['users', name], value: { ...row, ...(result === 1 ? {} : { serial: result }) } },
        { at: ['removed', name], value: undefined },
      ];
      return { edits, result };
    },
    options,
  );
}
