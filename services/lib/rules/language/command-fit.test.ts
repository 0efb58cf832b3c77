import { describe, expect, it } from 'vitest';
import { commandModels } from '#runtime/command-model.ts';
import { interlockedBecause, misfitsOf } from './command-fit.ts';

const commands = commandModels.parse({
  'valve.set': {
    args: {
      position: { unit: '%', min: 0, max: 100 },
      speed: { type: 'text', values: ['slow', 'fast'], optional: true },
      hold: { type: 'boolean', optional: true },
    },
    interlocks: [
      { state: 'maintenance', is: true, because: 'people are in the pit' },
      { state: 'line', is: ['stopped', 'cleaning'] },
    ],
  },
  reboot: {},
});
const sentences = (command: string, args = {}) =>
  misfitsOf({ command, args }, 'valve', commands).map(({ message }) => message);

describe('misfitsOf()', () => {
  it.each([
    ['valve.set', { position: 0 }],
    ['valve.set', { position: 100, speed: 'fast', hold: false }],
    ['reboot', {}],
  ])('%s %j fits', (command, args) => {
    expect(sentences(command, args)).toEqual([]);
  });

  it.each([
    ['valve.sett', {}, ["model valve has no command 'valve.sett'"]],
    ['constructor', {}, ["model valve has no command 'constructor'"]],
    ['valve.set', {}, ["command 'valve.set' of model valve needs 'position'"]],
    ['valve.set', { position: 101 }, ["'position' of 'valve.set' is 101 %; at most 100 % may be sent"]],
    ['valve.set', { position: -1 }, ["'position' of 'valve.set' is -1 %; at least 0 % may be sent"]],
    ['valve.set', { position: '50' }, [`'position' of 'valve.set' is "50"; it must be a number`]],
    [
      'valve.set',
      { position: 'x'.repeat(4_000) },
      [`'position' of 'valve.set' is "${'x'.repeat(63)}…; it must be a number`],
    ],
    ['valve.set', { position: 5, speed: 'mad' }, [`'speed' of 'valve.set' is "mad"; it must be one of slow, fast`]],
    ['valve.set', { position: 5, toString: 1 }, ["command 'valve.set' of model valve has no 'toString'"]],
    ['reboot', { now: true }, ["command 'reboot' of model valve has no 'now'"]],
  ])('%s %j does not: %j', (command, args, expected) => {
    expect(sentences(command, args)).toEqual(expected);
  });

  it('says nothing where the model describes no commands', () => {
    expect(misfitsOf({ command: 'anything', args: { x: 1 } }, 'valve', undefined)).toEqual([]);
  });
});

describe('interlockedBecause()', () => {
  const held = (states: Readonly<Record<string, boolean | string>>) =>
    interlockedBecause(commands['valve.set'] ?? { interlocks: [] }, (name) => states[name]);

  it.each([
    [{ maintenance: false, line: 'running' }, undefined],
    [{ maintenance: true, line: 'running' }, "interlock: 'maintenance' is true (people are in the pit)"],
    [{ maintenance: false, line: 'cleaning' }, "interlock: 'line' is cleaning"],
    [{ maintenance: false }, "interlock: whether 'line' is clear is not known"],
    [{}, "interlock: whether 'maintenance' is clear is not known"],
  ])('of %j: %s', (states, expected) => {
    expect(held(states as Record<string, boolean | string>)).toBe(expected);
  });
});
