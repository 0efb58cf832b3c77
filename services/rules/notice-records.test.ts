import { describe, expect, it } from 'vitest';
import type { Notice } from '#rules/engine/inputs.ts';
import { NoticeRecords } from './notice-records.ts';
import { StateStore } from './state-store.ts';

/** A store that counts its transactions, and may be full. */
class CountingStore extends StateStore {
  writes = 0;
  isFull = false;
  override record(...changes: Parameters<StateStore['record']>) {
    if (this.isFull) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
    this.writes++;
    super.record(...changes);
  }
}

function open(notices: number) {
  const store = new CountingStore(':memory:');
  store.commit({ notices: Array.from({ length: notices }, (_, i) => ({ seq: i }) as Notice) });
  return { store, records: new NoticeRecords(store) };
}

describe('NoticeRecords', () => {
  it('five thousand notices that are done are one write to the disk, not five thousand', () => {
    const { store, records } = open(5_000);
    for (const { id } of store.notices()) records.strikeOff(id);
    records.flush();
    records.flush();
    expect([store.writes, store.notices()]).toEqual([1, []]);
  });

  it('keeps the last word on each record, in the order in which they were last told', () => {
    const { store, records } = open(0);
    records.keep('a', '1');
    records.keep('b', '2');
    records.flush();
    records.keep('c', '3');
    records.forget('c');
    records.keep('a', '4');
    records.forget('b');
    records.flush();
    expect(store.told()).toEqual(['4']);
    records.keep('d', '5');
    records.keep('a', '6');
    records.flush();
    expect(store.told()).toEqual(['5', '6']);
  });

  it('a full disk loses none of it', () => {
    const { store, records } = open(2);
    store.isFull = true;
    for (const { id } of store.notices()) records.strikeOff(id);
    records.keep('a', '1');
    records.flush();
    store.isFull = false;
    records.keep('a', '2');
    records.flush();
    expect([store.notices(), store.told()]).toEqual([[], ['2']]);
  });

  it('is written when the service closes', () => {
    const { store, records } = open(1);
    records.strikeOff(1);
    records[Symbol.dispose]();
    expect(store.notices()).toEqual([]);
  });
});
