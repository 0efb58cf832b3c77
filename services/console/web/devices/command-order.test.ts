import { expect, test } from 'vitest';
import type { ArgumentOffer, CommandOffer } from '../../api/commands.ts';
import { argsText, checkArgs } from './command-order.ts';

const argument = (name: string, changes: Partial<ArgumentOffer> = {}): ArgumentOffer => ({
  ...{ name, type: 'number', unit: null, min: null, max: null, values: null, isOptional: false, description: null },
  ...changes,
});
const offer = (...args: ArgumentOffer[]): CommandOffer => ({
  ...{ command: 'valve.set', description: null, args, interlocks: [], blocked: null, verify: null },
});
const VALVE = argument('position', { unit: '%', min: 0, max: 100 });

test.each([
  ['40', { position: 40 }, undefined],
  ['0', { position: 0 }, undefined],
  ['1e2', { position: 100 }, undefined],
  ['', {}, 'Give a number.'],
  [' ', {}, 'Give a number.'],
  ['4x', {}, 'Give a number.'],
  ['Infinity', {}, 'Give a number.'],
  ['-0.1', {}, 'The least is 0\u00a0%.'],
  ['100.1', {}, 'The most is 100\u00a0%.'],
])('a position of %j', (typed, args, problem) => {
  expect(checkArgs(offer(VALVE), { position: typed })).toEqual({
    args,
    problems: problem === undefined ? {} : { position: problem },
  });
});

test.each([
  ['a switch', argument('on', { type: 'boolean' }), 'false', { on: false }],
  ['a text', argument('word', { type: 'text' }), ' x ', { word: ' x ' }],
  ['no text', argument('word', { type: 'text' }), '', { word: '' }],
  ['the second of a list', argument('mode', { type: 'text', values: ['auto', 'hand'] }), '1', { mode: 'hand' }],
  ['a number of a list', argument('step', { values: [5, 10] }), '0', { step: 5 }],
  ['what may be left out', argument('speed', { isOptional: true }), '', {}],
])('%s', (_, one, typed, args) => {
  expect(checkArgs(offer(one), { [one.name]: typed })).toEqual({ args, problems: {} });
});

test.each([
  ['a switch', argument('on', { type: 'boolean' }), 'Choose On or Off.'],
  ['a list', argument('mode', { type: 'text', values: ['auto'] }), 'Choose one of the values.'],
])('%s that is not chosen is asked for', (_, one, problem) => {
  const { problems } = checkArgs(offer(one), {});
  expect(problems[one.name]).toBe(problem);
});

test('what is sent is said with every digit', () => {
  expect(argsText(offer(VALVE), { position: 40.123456, force: true })).toBe('position 40.123456\u00a0%, force On');
});
