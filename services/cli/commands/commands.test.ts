import { describe, expect, it } from 'vitest';
import { COMMANDS, commandsFor } from './commands.ts';

const namesFor = async (...words: string[]) => (await commandsFor(words)).map(({ name }) => name);
const all = COMMANDS.map(([name]) => name);

describe('commandsFor()', () => {
  it.each(all.map((name) => ({ name })))('$name loads the command of that name, and no other', async ({ name }) => {
    expect(await namesFor(...name.split(' '), 'operand', '--flag')).toEqual([name]);
  });

  it.each([[], ['--help'], ['help', 'start'], ['rules'], ['strat'], ['rules', 'chekc']])(
    '%j %j loads them all',
    async (...words) => {
      expect(await namesFor(...words)).toEqual(all);
    },
  );
});
