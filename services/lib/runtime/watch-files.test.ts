import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { tempFolder } from '../../../test/support/processes.ts';
import { watchFiles } from './watch-files.ts';

let folder: ReturnType<typeof tempFolder>;
let opened: DisposableStack;
beforeEach(() => {
  opened = new DisposableStack();
  folder = opened.use(tempFolder());
});
afterEach(() => opened.dispose());

it('tells of files saved in place, by rename, and by turning a link; three times of three', async () => {
  const [plain, link] = [path.join(folder.path, 'plain'), path.join(folder.path, 'link')];
  const write = (name: string, text: string) => writeFileSync(path.join(folder.path, name), text);
  write('plain', 'a');
  write('one', 'a');
  symlinkSync('one', link);
  let count = 0;
  opened.use(watchFiles([plain, link, path.join(folder.path, 'missing')], () => count++));
  const told = async (wanted: number) => vi.waitFor(() => expect(count).toBe(wanted), { timeout: 5_000, interval: 20 });
  for (let n = 1; n <= 3; n++) {
    write('draft', `saved ${n}`);
    renameSync(path.join(folder.path, 'draft'), plain);
    await told(n);
  }
  write('plain', 'in place');
  await told(4);
  write('two', 'a');
  symlinkSync('two', path.join(folder.path, 'draft'));
  renameSync(path.join(folder.path, 'draft'), link);
  await told(5);
  write('missing', 'now there');
  await told(6);
});
