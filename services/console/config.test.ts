import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '#runtime/config.ts';
import { historianAddress, rootSection } from '#runtime/sections.ts';
import { consoleSection } from './config.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const sections = { root: rootSection, console: consoleSection, historian: historianAddress };

function load(settings: object, argv: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'console-config-'));
  folders.push(folder);
  const file = path.join(folder, 'settings.json');
  writeFileSync(file, JSON.stringify(settings));
  return loadConfig(sections, { argv, env, file });
}

test('the historian is found where its own settings put it', () => {
  const loaded = load({ historian: { port: 9999, metricsPort: 9105 } }, [], {
    PENSTOCK_HISTORIAN_HOST: '127.0.0.2',
    PENSTOCK_HISTORIAN_BODY_MAX: '1',
  });
  expect(loaded).toMatchObject({ ok: true, config: { historian: { host: '127.0.0.2', port: 9999 } } });
});

test("a wrong value in the part of another's section that is read is refused", () => {
  const loaded = load({}, ['--historian-port', 'many', '--historian-retention-check=5m']);
  expect(loaded).toMatchObject({ ok: false });
  expect(loaded.ok ? [] : loaded.problems).toEqual([expect.stringContaining('flag --historian-port: historian.port')]);
});

test('an unknown key of its own section is refused with a suggestion', () => {
  const loaded = load({ console: { prt: 1 } });
  expect(loaded.ok ? [] : loaded.problems).toEqual([
    expect.stringMatching(/console\.prt is no setting; did you mean port\?/),
  ]);
});
