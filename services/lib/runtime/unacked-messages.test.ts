import { expect, test } from 'vitest';
import { UnackedMessages } from './unacked-messages.ts';

const message = (text: string) => ({ topic: 'a', payload: Buffer.from(text), messageId: undefined, retain: false });

test('a payload is held until its PUBACK is sent and no longer, however few messages come after it', () => {
  const unacked = new UnackedMessages();
  const entries = [1, 2, 3].map((id) => {
    const taken = unacked.take(message(`payload ${id}`), id);
    if (taken.kind !== 'new') throw new Error('it is new');
    return taken.entry;
  });
  for (const entry of entries.slice(0, 2)) entry.isDone = true;
  expect(unacked.flush()).toEqual(Buffer.from([0x40, 2, 0, 1, 0x40, 2, 0, 2]));
  expect(entries.map(({ payload }) => payload.length)).toEqual([0, 0, 9]);
  expect(unacked.leave()).toEqual([entries[2]]);
});

test('what was left and does not come again is not waited for once other messages came', () => {
  const first = new UnackedMessages();
  for (const [id, text] of ['dropped', 'kept'].entries()) first.take(message(text), id + 1);
  const second = new UnackedMessages(first.leave());
  expect(second.take(message('new'), 1).kind).toBe('new');
  expect(second.leave().map(({ payload }) => payload.toString())).toEqual(['new']);
  const third = new UnackedMessages(first.leave());
  expect(third.take(message('dropped'), 9).kind).toBe('again');
  expect(third.leave().map(({ payload }) => payload.toString())).toEqual(['dropped', 'kept']);
});
