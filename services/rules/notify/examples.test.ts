// The files that rules/notify shows to authors work as they stand, and switch nothing on.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readNotifyFiles } from './notify-files.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../rules/notify');

test('the examples of rules/notify are good when they are copied as they say', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'penstock-notify-'));
  try {
    mkdirSync(path.join(folder, 'secrets'));
    for (const name of ['slack-url', 'teams-url'])
      writeFileSync(path.join(folder, 'secrets', name), 'https://hooks.slack.com/services/x');
    for (const name of ['mail-password', 'ntfy-token', 'hook-token'])
      writeFileSync(path.join(folder, 'secrets', name), 'abc');
    const examples = readdirSync(FOLDER).filter((name) => name.endsWith('.example.jsonc'));
    for (const name of examples)
      copyFileSync(path.join(FOLDER, name), path.join(folder, name.replace('.example.jsonc', '.json')));
    const { config, problems } = readNotifyFiles(folder);
    expect(problems).toEqual([]);
    expect(config?.routes.map(({ receiver }) => receiver)).toEqual([
      'maintenance-system',
      'process-on-call',
      'shift-lead',
      'operations',
    ]);
    expect(config?.addresses.size).toBe(5);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('as they are delivered nobody is told anything', () => {
  expect(readNotifyFiles(FOLDER)).toMatchObject({ problems: [], config: { routes: [] } });
});
