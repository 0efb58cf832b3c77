import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RememberedFile } from './remembered.ts';

let folder = '';
const warned: unknown[] = [];
const log = { warn: (...words: unknown[]) => warned.push(words) } as unknown as ConstructorParameters<
  typeof RememberedFile
>[1];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-remembered-'));
  warned.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what was announced is known to the next life, until it is taken away', () => {
  expect(new RememberedFile(folder, log).content).toBeNull();
  const content = { prefixes: ['homeassistant'], devices: ['a/b/c'] };
  new RememberedFile(folder, log).keep(content);
  const next = new RememberedFile(folder, log);
  expect(next.content).toEqual(content);
  next.keep(null);
  expect([new RememberedFile(folder, log).content, readdirSync(folder), warned]).toEqual([null, [], []]);
});

test('a damaged file, or one that cannot be written, is said and ends nothing', () => {
  writeFileSync(path.join(folder, 'home-assistant.json'), '{"prefixes":');
  expect(new RememberedFile(folder, log).content).toBeNull();
  expect(warned).toHaveLength(1);
  mkdirSync(path.join(folder, 'home-assistant.json.draft'));
  const file = new RememberedFile(folder, log);
  file.keep({ prefixes: ['x'], devices: [] });
  expect(file.content).toEqual({ prefixes: ['x'], devices: [] });
  expect(warned).toHaveLength(3);
});
