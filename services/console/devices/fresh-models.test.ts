import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openModels } from './fresh-models.ts';

test('models are what their files say now, at most a few seconds late, also where the clock steps back', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'console-models-'));
  try {
    mkdirSync(path.join(folder, 'models'));
    const write = (model: string) =>
      writeFileSync(path.join(folder, 'models/a.model.json'), JSON.stringify({ model, metrics: {} }));
    const clock = { now: 1_000_000 };
    write('first');
    const models = openModels(folder, () => clock.now);
    const names = () => [...models().keys()];
    write('second');
    expect(names()).toEqual(['first']);
    clock.now += 5_000;
    expect(names()).toEqual(['second']);
    write('third');
    clock.now -= 100_000;
    expect(names()).toEqual(['third']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
