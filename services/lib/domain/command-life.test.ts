import { expect, test } from 'vitest';
import { COMMAND_STATUSES } from './command.ts';
import { isOver, parseCommandOperation, personCid } from './command-life.ts';

const ORDER = { op: 'send', id: 'a', command: 'valve.set', args: { position: 40 }, by: 'ada', exp: 1_800_000_000_000 };

test('an order is read as it was written, and nothing besides', () => {
  expect(parseCommandOperation({ ...ORDER, comment: 'now', sig: 'x', role: 'admin' })).toEqual({
    ...ORDER,
    comment: 'now',
  });
});

test.each<[object | string | null, RegExp]>([
  [null, /JSON object/],
  ['send', /JSON object/],
  [{ ...ORDER, op: 'stop' }, /'op'/],
  [{ ...ORDER, id: '' }, /'id'/],
  [{ ...ORDER, id: 'a/b' }, /'id'/],
  [{ ...ORDER, id: `a${'b'.repeat(64)}` }, /'id'/],
  [{ ...ORDER, command: 'valve set' }, /'command'/],
  [{ ...ORDER, args: undefined }, /'args'/],
  [{ ...ORDER, args: [40] }, /'args'/],
  [{ ...ORDER, args: { position: null } }, /'args'.*position/],
  // A number of no end leaves as null, which no device can mean.
  [{ ...ORDER, args: JSON.parse('{"position":1e999}') }, /'args'.*position/],
  [{ ...ORDER, args: { 'a/b': 1 } }, /'a\/b'.*name of an argument/],
  [{ ...ORDER, args: { ['x'.repeat(5_000)]: 1 } }, /^.{1,250}$/],
  [{ ...ORDER, args: { note: 'x'.repeat(257) } }, /'note' has 257 characters/],
  [
    { ...ORDER, args: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`a${i}`, 'x'.repeat(256)])) },
    /at most 4000/,
  ],
  [{ ...ORDER, by: ' ' }, /'by'/],
  [{ ...ORDER, by: 'x'.repeat(129) }, /'by'/],
  [{ ...ORDER, comment: 1 }, /'comment'/],
  [{ ...ORDER, comment: 'x'.repeat(2_001) }, /'comment'/],
  [{ ...ORDER, exp: 1.5 }, /'exp'/],
  [{ ...ORDER, exp: '1' }, /'exp'/],
])('%j is none: %s', (payload, words) => {
  expect(parseCommandOperation(payload)).toMatch(words);
});

test('an id is told apart by its device', () => {
  const valve = { site: 'lyon', area: 'tank-farm', device: 'T1-inlet' };
  expect(personCid(valve, 'a')).toBe('operator/lyon/tank-farm/T1-inlet/a');
});

test.each(COMMAND_STATUSES)('%s is an end, or waits for something', (status) => {
  const waits = ['AWAITING_APPROVAL', 'QUEUED', 'SENT', 'DELIVERED', 'ACCEPTED'].includes(status);
  const waitsForProof = waits || status === 'SUCCEEDED' || status === 'TIMEOUT';
  expect([isOver({ status, verifies: false }), isOver({ status, verifies: true })]).toEqual([!waits, !waitsForProof]);
});
