import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notice } from '#rules/engine/inputs.ts';
import { StateStore } from './state-store.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-state-'));
  file = path.join(folder, 'rules', 'state.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const message = (payload: string) => ({ topic: 'journal/v1/1', payload, retain: false });

const input = (at: number, payload: string) => ({
  at,
  topic: 'points/v1/1',
  payload: Buffer.from(payload),
  retained: false,
});

describe('StateStore', () => {
  it('gives back rows, inputs, messages and notices as they were written, in order', () => {
    const notice = { event: 'ACTIVE', alarmId: 'hot/lyon/farm/t1/1' } as Notice;
    {
      using store = new StateStore(file);
      store.commit({ rows: [{ key: 'engine', value: '{"clock":1}' }], messages: [message('a'), message('b')] });
      store.commit({ inputs: [input(5, 'x'), input(6, 'y')], notices: [notice] });
      store.commit({ messages: [{ topic: 'alarm/v1/a/b/c/d', payload: '', retain: true }] });
    }
    using store = new StateStore(file);
    expect(store.rows()).toEqual([{ key: 'engine', value: '{"clock":1}' }]);
    expect([...store.inputs()].map(({ at, payload }) => [at, Buffer.from(payload).toString()])).toEqual([
      [5, 'x'],
      [6, 'y'],
    ]);
    expect(store.notices()).toEqual([{ id: 1, notice }]);
    expect(store.queued().map(({ payload, retain }) => [payload, retain])).toEqual([
      ['a', false],
      ['b', false],
      ['', true],
    ]);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  });

  it('needs the inputs before a checkpoint no more, and keeps those that come with it out of the next life', () => {
    using store = new StateStore(file);
    store.commit({ inputs: [input(1, 'a')] });
    store.commit({ inputs: [input(2, 'b')], rows: [{ key: 'k', value: '1' }] });
    store.commit({ inputs: [input(3, 'c')] });
    expect([...store.inputs()].map(({ at }) => at)).toEqual([3]);
    store.commit({ rows: [{ key: 'k', value: null }] });
    expect([store.rows(), [...store.inputs()]]).toEqual([[], []]);
  });

  it('strikes off up to a message, and never gives a number twice', () => {
    using store = new StateStore(file);
    const { messages } = store.commit({ messages: [message('a'), message('b'), message('c')] });
    store.strikeOff(messages[1]?.id ?? 0);
    expect(store.queued().map(({ payload }) => payload)).toEqual(['c']);
    store.strikeOff(3);
    expect(store.commit({ messages: [message('d')] }).messages).toMatchObject([{ id: 4 }]);
  });

  it('writes everything or nothing, and says what was wrong', () => {
    using store = new StateStore(file);
    const bad = { ...message('b'), payload: undefined as unknown as string };
    const commit = { inputs: [input(1, 'x')], rows: [{ key: 'k', value: '1' }], messages: [message('a'), bad] };
    expect(() => store.commit(commit)).toThrow(/cannot be bound/);
    expect([store.rows(), [...store.inputs()], store.queued()]).toEqual([[], [], []]);
    store.commit({ messages: [message('after')] });
    expect(store.queued()).toHaveLength(1);
  });

  it('refuses a file of another format, of damaged bytes, or of damaged states', () => {
    new StateStore(file)[Symbol.dispose]();
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = 1`);
    expect(() => new StateStore(file)).toThrow(/has format 1; this release reads format 2/);
    db.exec(`PRAGMA user_version = 2; INSERT INTO state VALUES ('k', '{"active":')`);
    db.close();
    expect(() => new StateStore(file)).toThrow(/JSON/);
    writeFileSync(file, 'this is no database, and it is long enough to be seen as none'.repeat(100));
    expect(() => new StateStore(file)).toThrow(/not a database/);
  });
});

type Said = { readonly acknowledged: number[]; readonly published: string[] };

/** Runs the child until it has said `lines` lines, then kills it; what it said is complete lines only. */
async function killAfter(lines: number, first: number): Promise<Said> {
  const script = path.join(import.meta.dirname, 'testing', 'take-messages.ts');
  const child = spawn(process.execPath, [script, file, String(first), '400'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.split('\n').length > lines) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const said = text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as [string, number | string, string?]);
  return {
    acknowledged: said.flatMap(([what, n]) => (what === 'acknowledged' ? [Number(n)] : [])),
    published: said.flatMap(([what, topic, payload]) => (what === 'published' ? [`${topic} ${payload}`] : [])),
  };
}

describe('killed at any moment', () => {
  it('what led to a transition and was acknowledged is in the outbox or was published; nothing is invented or told otherwise', async () => {
    const told = new Set<string>();
    let next = 0;
    for (const lines of [1, 4, 23, 60, 140]) {
      const { acknowledged, published } = await killAfter(lines, next);
      for (const each of published) told.add(each);
      using store = new StateStore(file);
      const known = [...told, ...store.queued().map(({ topic, payload }) => `${topic} ${payload}`)];
      const journal = known.filter((each) => each.startsWith('journal/'));
      const moments = new Set(journal.map((each) => Number(each.slice(each.lastIndexOf(' ') + 1))));
      const last = acknowledged.at(-1) ?? next;
      for (const n of acknowledged) if (n > 0) expect(moments).toContain(1_700_000_000_000 + n * 1_000);
      // A turn of three samples more may have been committed without their acknowledgements getting out.
      expect(Math.max(...moments)).toBeLessThanOrEqual(1_700_000_000_000 + (last + 3) * 1_000);
      const entries = new Set(journal.map((each) => /alarmId="[^"]+",seq=\d+i/.exec(each)?.[0]));
      expect(entries.size).toBe(new Set(journal).size);
      next = last; // the broker sends again what it has no acknowledgement of, and the last one besides
    }
    expect(told.size).toBeGreaterThan(20);
  }, 60_000);
});
