import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRandom } from '#domain/random.ts';
import { tempFolder } from '../processes.ts';
import { NO_STRACE, Recorder, type Recording } from './record.ts';

const CUTS = 60;

describe.skipIf(NO_STRACE)(`a recorded process${NO_STRACE ? `: ${NO_STRACE}` : ''}`, () => {
  let temp: ReturnType<typeof tempFolder>;
  let folder = '';
  let count = 0;
  beforeEach(() => {
    temp = tempFolder();
    folder = path.join(temp.path, 'data');
    mkdirSync(folder);
  });
  afterEach(() => temp[Symbol.dispose]());

  /** Runs programs one after the other, each with the folder as `at` and all of node:fs. */
  async function record(...programs: string[]): Promise<Recording> {
    const recorder = new Recorder(folder, temp.path);
    for (const program of programs) {
      const script = `const at = ${JSON.stringify(folder)}; const fs = require('node:fs'); ${program}`;
      const { child, output } = recorder.run(process.execPath, ['-e', script]);
      await new Promise((resolve) => child.once('close', resolve));
      expect(output()).not.toContain('Error');
    }
    return recorder.recording();
  }

  /** What is in a file after a power cut, how often, and what had been printed until then. */
  function cuts(
    recording: Recording,
    file: string,
  ): { readonly found: string | undefined; readonly printed: string }[] {
    return Array.from({ length: CUTS }, (_, seed) => {
      const into = path.join(temp.path, `cut-${count++}`);
      const { said } = recording.cut({ random: createRandom(seed), into });
      const name = path.join(into, file);
      const found = existsSync(name) ? readFileSync(name, 'latin1') : undefined;
      return { found, printed: said.get('stdout')?.toString() ?? '' };
    });
  }

  const SYNC_FOLDER = `const fd = fs.openSync(at, 'r'); fs.fsyncSync(fd); fs.closeSync(fd);`;

  test('what was synced with its name before it was told of is there, whole', async () => {
    const recording = await record(`fs.writeFileSync(at + '/f', 'x'.repeat(3000), { flush: true }); ${SYNC_FOLDER}
      fs.writeSync(1, 'told'); fs.writeFileSync(at + '/g', 'y'.repeat(3000));`);
    const found = cuts(recording, 'f').filter(({ printed }) => printed === 'told');
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map((each) => each.found))).toEqual(new Set(['x'.repeat(3000)]));
    const others = new Set(cuts(recording, 'g').map((each) => each.found));
    expect(others.size).toBeGreaterThan(3); // not there, empty, whole, torn
  });

  test('a file without its name, a name without its content, and a folder without its own name are lost', async () => {
    const recording = await record(`fs.mkdirSync(at + '/sub');
      fs.writeFileSync(at + '/f', 'x', { flush: true }); fs.writeFileSync(at + '/sub/f', 'x', { flush: true });
      const fd = fs.openSync(at + '/sub', 'r'); fs.fsyncSync(fd); fs.writeSync(1, 'told');`);
    for (const file of ['f', 'sub/f']) {
      const told = cuts(recording, file).filter(({ printed }) => printed === 'told');
      expect(new Set(told.map(({ found }) => found))).toEqual(new Set([undefined, 'x']));
    }
  });

  test('a file that is replaced is the old one or the new one, and neither is ever torn', async () => {
    writeFileSync(path.join(folder, 'f'), 'old');
    const recording = await record(`fs.writeFileSync(at + '/draft', 'new', { flush: true });
      fs.renameSync(at + '/draft', at + '/f');`);
    expect(new Set(cuts(recording, 'f').map(({ found }) => found))).toEqual(new Set(['old', 'new']));
  });

  test('several lives, appending, cutting off, linking and removing: the recording ends in what is really there', async () => {
    const life = `fs.appendFileSync(at + '/log', 'more'); fs.truncateSync(at + '/log', 6); fs.rmSync(at + '/gone', { force: true });
      fs.writeFileSync(at + '/gone', ''); fs.mkdirSync(at + '/sub', { recursive: true });
      const fd = fs.openSync(at + '/sub/v', 'w'); fs.writevSync(fd, [Buffer.from('a'), Buffer.from('b')]);
      fs.writevSync(fd, [Buffer.from('c'), Buffer.from('d')], 7); fs.writeSync(fd, 'e'); fs.fdatasyncSync(fd);
      fs.rmSync(at + '/link', { force: true }); fs.linkSync(at + '/sub/v', at + '/link');`;
    const recording = await record(life, life);
    expect(cuts(recording, 'link').some(({ found }) => found?.startsWith('abe'))).toBe(true);
  });

  test('a recording that has missed something is refused', async () => {
    writeFileSync(path.join(folder, 'f'), 'content');
    await expect(record(`fs.utimesSync(at + '/f', 1, 1); fs.copyFileSync(at + '/f', at + '/g');`)).rejects.toThrow(
      'the recording is not whole',
    );
  });
});
