// `npm run test:faults`, with two words of its own: `--long` for the night, `--seed <number>` (or PENSTOCK_SEED) to live a
// run again. All other words are vitest's.

import path from 'node:path';
import { parseCLI, startVitest } from 'vitest/node';
import { ROOT } from '../support/processes.ts';

const words = process.argv.slice(2);
const rest: string[] = [];
for (let word = words.shift(); word !== undefined; word = words.shift()) {
  if (word === '--long') process.env.FAULT_PROFILE = 'long';
  else if (word === '--seed') process.env.FAULT_SEED = seedOf(words.shift());
  else rest.push(word);
}
// Taken from there too, and away: services refuse settings of ours that they do not know.
process.env.FAULT_SEED ??= process.env.PENSTOCK_SEED ?? String(Date.now() % 1_000_000);
delete process.env.PENSTOCK_SEED;
const again = `${process.env.FAULT_PROFILE === 'long' ? '--long ' : ''}--seed ${process.env.FAULT_SEED}`;
process.stderr.write(`the seed is ${process.env.FAULT_SEED}; again: npm run test:faults -- ${again}\n`);

const { filter, options } = parseCLI(['vitest', 'run', ...rest]);
const config = path.join(ROOT, 'test/faults/vitest.config.ts');
const vitest = await startVitest(filter, { ...options, run: true, root: ROOT, config });
await vitest.close();

function seedOf(word: string | undefined): string {
  if (word !== undefined && /^\d+$/.test(word)) return word;
  process.stderr.write(`--seed needs a whole number: '${word ?? ''}'\n`);
  process.exit(2);
}
