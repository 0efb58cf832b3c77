// A process that writes one sample after another and says each number once it is stored, until it is killed or the disk is
// full. For the tests of what survives.

import { writeSync } from 'node:fs';
import { SqliteEngine } from '../engine/sqlite-engine.ts';

const folder = process.argv[2] ?? '';
const engine = new SqliteEngine(folder, { seriesMax: 1_000 });
if (engine.policies('g') === undefined) engine.createDatabase('g', { name: 'a', durationUs: 0, isDefault: true });

const padding = 'x'.repeat(200);
for (let i = 0; ; i++) {
  const line = {
    measurement: 'm',
    tags: [['series', `s${i % 100}`]] as const,
    fields: [
      ['v', { type: 'float', value: i }],
      ['text', { type: 'string', value: padding }],
    ] as const,
    time: undefined,
  };
  try {
    engine.write([{ database: 'g', policy: undefined, lines: [{ line, timeUs: i }], nowUs: 0 }]);
    writeSync(1, `${i}\n`);
  } catch {
    const kept = [...(engine.measurement('g', 'a', 'm')?.series() ?? [])].length;
    writeSync(1, `refused: ${engine.problem()}; series ${kept}\n`);
    break;
  }
}
