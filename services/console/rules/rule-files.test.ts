import { readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { RuleFilesOnDisk } from './rule-files.ts';
import { json, makeRulesFolder, TANK_HOT, TANK_HOT_TEST } from './testing.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder whose rule can be read and not written: it is a link. */
function openLinked() {
  const dir = makeRulesFolder();
  folders.push(dir);
  renameSync(path.join(dir, 'tank-hot.json'), path.join(dir, 'elsewhere.txt'));
  symlinkSync('elsewhere.txt', path.join(dir, 'tank-hot.json'));
  return { dir, files: new RuleFilesOnDisk({ dir, maySave: undefined }) };
}

const wish = { file: 'tank-hot.json', text: json({ ...TANK_HOT, name: 'New' }), test: '{"tests": []}' };

test('a save whose rule cannot be written leaves the old test, and can be tried again', async () => {
  const { dir, files } = openLinked();
  const { etag } = await files.read(wish.file);
  const save = () => files.save(wish, { etags: [etag] });
  await expect(save()).rejects.toMatchObject({ statusCode: 403, message: expect.stringContaining('is a link') });
  expect(readFileSync(path.join(dir, 'tank-hot.test.json'), 'utf8')).toBe(json(TANK_HOT_TEST));
  expect((await files.read(wish.file)).etag).toBe(etag);
  await expect(save()).rejects.toMatchObject({ statusCode: 403 });
});

test('a save whose rule cannot be written takes a new test away again', async () => {
  const { dir, files } = openLinked();
  rmSync(path.join(dir, 'tank-hot.test.json'));
  const { etag } = await files.read(wish.file);
  await expect(files.save(wish, { etags: [etag] })).rejects.toMatchObject({ statusCode: 403 });
  expect(await files.read(wish.file)).toMatchObject({ etag, test: null });
});
