import { expect, it } from 'vitest';
import { Outbox } from './outbox.ts';
import type { OutMessage } from './saved-state.ts';

const message = (n: number): OutMessage => ({ topic: 't', payload: String(n), retain: false });
const texts = (messages: readonly OutMessage[]) => messages.map(({ payload }) => payload);

/** A broker that takes what `take` says, when it says so. */
function openOutbox(saved: readonly OutMessage[] = []) {
  const sent: OutMessage[] = [];
  const takers = new Map<OutMessage, { readonly resolve: () => void; readonly reject: () => void }>();
  const written: string[][] = [];
  let dropped = 0;
  const outbox: Outbox = new Outbox(saved, {
    publish: (each) => {
      sent.push(each);
      return new Promise((resolve, reject) => takers.set(each, { resolve, reject: () => reject(new Error('closed')) }));
    },
    onChange: () => written.push(texts(outbox.messages)),
    onDropped: () => dropped++,
  });
  const settle = async (index: number, how: 'resolve' | 'reject' = 'resolve') => {
    const each = sent[index];
    if (each !== undefined) takers.get(each)?.[how]();
    await Promise.resolve();
  };
  return { outbox, sent, settle, written, dropped: () => dropped };
}

it('Outbox writes down before it publishes, and strikes off what the broker took', async () => {
  const { outbox, settle, written } = openOutbox();
  outbox.post([message(1), message(2)]);
  expect(written).toEqual([['1', '2']]);
  await settle(1);
  expect(texts(outbox.messages)).toEqual(['1']);
  await settle(0);
  expect(written.at(-1)).toEqual([]);
});

it('Outbox sends again, in order, what an earlier life left', () => {
  const { sent } = openOutbox([message(1), message(2)]);
  expect(texts(sent)).toEqual(['1', '2']);
});

it('Outbox keeps what a closing bus refused', async () => {
  const { outbox, settle } = openOutbox();
  outbox.post([message(1)]);
  await settle(0, 'reject');
  expect(texts(outbox.messages)).toEqual(['1']);
});

it('Outbox tells two equal messages apart', async () => {
  const { outbox, settle } = openOutbox();
  outbox.post([message(1)]);
  outbox.post([message(1)]);
  await settle(0);
  expect(texts(outbox.messages)).toEqual(['1']);
});

it('Outbox drops the oldest past its bound, and counts them', () => {
  const { outbox, dropped } = openOutbox();
  for (let n = 0; n < 300; n++) outbox.post([message(n)]);
  expect(outbox.messages.length).toBe(256);
  expect(outbox.messages.at(-1)?.payload).toBe('299');
  expect(dropped()).toBe(44);
});

it('Outbox writes nothing where there is nothing to say', () => {
  const { outbox, written } = openOutbox();
  outbox.post([]);
  expect(written).toEqual([]);
});
