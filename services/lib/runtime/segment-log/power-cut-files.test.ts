import { expect, test } from 'vitest';
import { createRandom } from '#domain/random.ts';
import { PowerCutFiles } from './power-cut-files.ts';

/** What a hundred cuts may leave of a file: each text once, undefined where it is not there. */
async function leftovers(
  make: (files: PowerCutFiles) => Promise<void>,
  name: string,
): Promise<Set<string | undefined>> {
  const left = new Set<string | undefined>();
  for (let seed = 0; seed < 100; seed++) {
    const files = new PowerCutFiles();
    await make(files);
    const after = files.cut(createRandom(seed));
    left.add((await after.names('/')).includes(name) ? after.bytesOf(`/${name}`).toString('latin1') : undefined);
  }
  return left;
}

async function write(files: PowerCutFiles, name: string, text: string): Promise<void> {
  const open = await files.open(`/${name}`, 'create');
  await open.truncate(0);
  await open.write(Buffer.from(text), 0);
  await open.sync();
}

test('a file whose folder was not synced may be there or not; what it holds was synced', async () => {
  expect(await leftovers((files) => write(files, 'a', 'one'), 'a')).toEqual(new Set([undefined, 'one']));
});

test('a file that was synced with its name is there; what was written since may be torn, and what was synced is not', async () => {
  const left = await leftovers(async (files) => {
    await write(files, 'a', 'one');
    await files.syncFolder('/');
    await (await files.open('/a', 'write')).write(Buffer.from('two'), 3);
  }, 'a');
  expect(left).toContain('one');
  expect(left).toContain('onetwo');
  expect(left.size).toBeGreaterThan(4);
  for (const text of left) expect(text).toMatch(/^one/);
});

test('a renaming that was not synced has happened wholly or not at all', async () => {
  const left = await leftovers(async (files) => {
    await write(files, 'a', 'old');
    await write(files, 'b', 'new');
    await files.syncFolder('/');
    await files.rename('/b', '/a');
  }, 'a');
  expect(left).toEqual(new Set(['old', 'new']));
});

test('a removal that was not synced may come back', async () => {
  const left = await leftovers(async (files) => {
    await write(files, 'a', 'one');
    await files.syncFolder('/');
    await files.remove('/a');
  }, 'a');
  expect(left).toEqual(new Set([undefined, 'one']));
});

test('a full disk takes what fits, and has room again when something goes', async () => {
  const files = new PowerCutFiles();
  await write(files, 'a', 'one');
  files.bytesFree = 2;
  const open = await files.open('/b', 'create');
  await expect(open.write(Buffer.from('three'), 0)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(files.bytesOf('/b').toString()).toBe('th');
  await files.remove('/a');
  await open.write(Buffer.from('three'), 0);
  expect(files.bytesFree).toBe(0);
});
