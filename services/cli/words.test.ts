import { expect, it } from 'vitest';
import { splitWords } from './words.ts';

it.each([
  [[], [], []],
  [['alarm/v1/#'], [], ['alarm/v1/#']],
  [['--broker-port', '1884', 'alarm/v1/#'], ['--broker-port', '1884'], ['alarm/v1/#']],
  [['a', '--data=/tmp/x', 'b'], ['--data=/tmp/x'], ['a', 'b']],
  [['--demo', '--data', 'd'], ['--demo', '--data', 'd'], []],
  [['--broker-port'], ['--broker-port'], []],
])('splitWords(%j)', (words, settings, operands) => {
  expect(splitWords(words)).toEqual({ settings, operands });
});
