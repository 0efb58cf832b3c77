import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = path.resolve(import.meta.dirname, '../main.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-source-'));
  for (const name of ['sources', 'models', 'devices']) mkdirSync(path.join(folder, name));
  const write = (file: string, value: object) => writeFileSync(path.join(folder, file), JSON.stringify(value));
  const layouts = [{ fields: [{ metric: 'level', at: 0, type: 'u8', scale: 0.1 }] }];
  write('models/gauge.model.json', {
    model: 'gauge',
    metrics: { level: { unit: 'm', max: 10 } },
    format: 'binary',
    layouts,
  });
  write('devices/lyon.json', { site: 'lyon', area: 'tanks', devices: { t1: { model: 'gauge' } } });
  write('sources/home.json', { topic: 'home/{area}/{metric}', format: 'value', site: 'home', device: 'room' });
});
afterEach(() => rmSync(folder, { recursive: true }));

async function sourceTry(...words: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, 'source', 'try', '--rules-dir', folder, ...words], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  const [code] = await once(child, 'close');
  return { ...said, code: code as number };
}

const TELE = 'plant/v1/lyon/tanks/t1/tele';

describe('penstock source try', () => {
  it('shows the source, the device and the points', async () => {
    const { out, code } = await sourceTry('home/kitchen/humidity', '47.5');
    expect(out).toMatch(
      /^from {5}source \S+home\.json\ndevice {3}home\/kitchen\/room: no model\npoint {4}reading,area=kitchen,device=room,metric=humidity,site=home value=47\.5 \d{13}\n$/,
    );
    expect(code).toBe(0);
  });

  it('reads bytes that are written as digits, and from a file', async () => {
    const file = path.join(folder, 'payload');
    writeFileSync(file, Buffer.from([31]));
    for (const words of [
      ['--hex', '1f'],
      ['--file', file],
    ]) {
      const { out, code } = await sourceTry(TELE, ...words);
      expect(out).toContain('device   lyon/tanks/t1: model gauge\n');
      expect(out).toMatch(/metric=level,site=lyon value=3\.1 /);
      expect(code).toBe(0);
    }
  });

  it('says what is refused, and why, and ends with 1', async () => {
    const { out, code } = await sourceTry('weather/roof', '3');
    expect(out).toBe(
      'from     nobody\nrefused  topic: the topic names no device: site, area and device must be valid names, or a source must map it\n',
    );
    expect(code).toBe(1);
  });

  it('gives all of it as JSON', async () => {
    const { out } = await sourceTry('--json', TELE, '--hex', 'ff');
    expect(JSON.parse(out)).toMatchObject({
      origin: 'own',
      devices: [{ device: 't1', model: 'gauge' }],
      points: [expect.stringMatching(/value=25\.5,q=2i/)],
      refusals: [],
    });
  });

  it.each([
    [['--hex', 'xyz'], "'xyz' is no row of hexadecimal bytes"],
    [['--file', '/nonexistent'], '/nonexistent cannot be read (ENOENT)'],
    [['--file', '/nonexistent', 'x'], 'name a payload or a file, and not both'],
  ])('refuses %j', async (words, message) => {
    const { err, out, code } = await sourceTry(TELE, ...words);
    expect(err).toContain(message);
    expect([out, code]).toEqual(['', 2]);
  });

  it('a mistake in a file is said with its place, and the others are used all the same', async () => {
    writeFileSync(path.join(folder, 'sources/broken.json'), '{ "topic": "x/{device}" }');
    const { out, err } = await sourceTry('home/kitchen/humidity', '47.5');
    expect(err).toMatch(/^error \S+broken\.json:1:\d+: /);
    expect(out).toContain('metric=humidity');
  });
});
