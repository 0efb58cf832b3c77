import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { encodePoint, SeriesTable } from '#domain/batch.ts';
import { topics } from '#domain/topic.ts';
import { Engine } from '#rules/engine/engine.ts';
import { START } from '#rules/testing/history.ts';
import { silentLog } from '#runtime/log.ts';
import { watchFolder } from '#runtime/watch-folder.ts';
import { RuleFolder, type RulesStatus } from './rule-folder.ts';
import { Rules } from './rules.ts';
import { StateStore } from './state-store.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'penstock-rule-folder-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const hot = (limit: number, extra: object = {}) => ({
  id: 'hot',
  inputs: { temp: 'temp' },
  condition: { '>': [{ var: 'temp' }, limit] },
  deadband: 1,
  onDelay: '5s',
  ...extra,
});
const save = (file: string, content: unknown) =>
  writeFileSync(path.join(dir, file), typeof content === 'string' ? content : JSON.stringify(content));
/** As editors do: a new file is renamed over the old one. */
const saveAtomically = (file: string, content: unknown) => {
  save(`${file}.tmp`, content);
  renameSync(path.join(dir, `${file}.tmp`), path.join(dir, file));
};

const series = new SeriesTable().of({ site: 'lyon', area: 'farm', device: 't1', metric: 'temp' });

/** The service on a folder, without its watch. */
function open(store = new StateStore(':memory:'), startedAt = START) {
  const clock = { now: startedAt };
  const engine = new Engine({ saved: store.rows(), startedAt });
  const published: { topic: string; payload: string }[] = [];
  const rules = new Rules({
    engine,
    store,
    now: () => clock.now,
    later: (run) => run(),
    operationsKey: 'key',
    unsignedRole: 'operator',
    publish: async (topic, payload) => {
      published.push({ topic, payload });
    },
  });
  rules.open();
  const statuses: RulesStatus[] = [];
  const folder = new RuleFolder({
    ...{ dir, engine },
    now: () => clock.now,
    putAndKeep: (input) => rules.putAndKeep(input),
    tell: ({ payload }) => statuses.push(JSON.parse(payload)),
    onLoad: () => {},
  });
  folder.load();
  const value = (temp: number, atMs: number) => {
    clock.now = START + atMs;
    const line = encodePoint({ series, value: temp, quality: 'good', measuredAt: clock.now, late: false });
    const delivery = { qos: 1, retained: false, ack: () => {} } as const;
    rules.take({ ...delivery, topic: topics.points(series.shard), payload: Buffer.from(line) });
  };
  const shown = () => {
    const last = published.filter(({ topic }) => topic.startsWith('alarm/')).at(-1);
    return last === undefined || last.payload === '' ? null : (JSON.parse(last.payload) as AlarmMessage);
  };
  return { clock, engine, folder, published, rules, shown, statuses, store, value };
}

describe('RuleFolder', () => {
  it('keeps the last good version of a broken file, alarms, and takes the mended one', () => {
    save('hot.json', hot(80));
    const { folder, engine, shown, statuses, value } = open();
    const { rev } = engine.rules.get('hot')?.rule ?? {};
    saveAtomically('hot.json', '{ "id": "hot", "inputs": }');
    folder.load();
    expect(engine.rules.get('hot')?.rule.rev).toBe(rev);
    expect(shown()).toMatchObject({ rule: 'rule-refused', instance: 'hot', state: 'UNACK', site: 'penstock' });
    expect(shown()?.reason).toMatch(/hot\.json:1:\d+/);
    expect(statuses.at(-1)).toMatchObject({
      rules: [{ id: 'hot', rev }],
      problems: expect.arrayContaining([expect.stringContaining('hot.json:1:')]),
    });
    value(90, 0);
    value(90, 5_000);
    expect(shown()).toMatchObject({ rule: 'hot', state: 'UNACK' });
    saveAtomically('hot.json', hot(85));
    folder.load();
    expect(engine.rules.get('hot')?.rule.rev).not.toBe(rev);
    expect(engine.instances.get('rule-refused/penstock/pipeline/hot')?.state.active).toBe(false);
    expect(statuses.at(-1)?.problems).toEqual([]);
  });

  it('keeps the last good version over a restart too', () => {
    save('hot.json', hot(80));
    const first = open();
    const rev = first.engine.rules.get('hot')?.rule.rev;
    save('hot.json', 'nonsense');
    first.folder.load();
    const second = open(first.store, START + 60_000);
    expect(second.engine.rules.get('hot')?.rule.rev).toBe(rev);
    expect(second.engine.instances.get('rule-refused/penstock/pipeline/hot')?.state).toMatchObject({
      active: true,
      episode: 1,
    });
  });

  it('a file that is broken hides no other', () => {
    save('hot.json', hot(80));
    save('cold.json', { ...hot(80), id: 'cold', condition: { '<': [{ var: 'temp' }, 5] } });
    const { folder, engine } = open();
    save('hot.json', { ...hot(80), prioritty: 'high' });
    save('cold.json', { ...hot(80), id: 'cold', condition: { '<': [{ var: 'temp' }, 3] } });
    const before = engine.rules.get('cold')?.rule.rev;
    folder.load();
    expect(engine.rules.get('cold')?.rule.rev).not.toBe(before);
  });

  it('a change of words keeps everything, a change of logic keeps the alarm and begins the evidence anew', () => {
    save('hot.json', hot(80));
    const { folder, engine, published, value } = open();
    const state = () => engine.instances.get('hot/lyon/farm/t1')?.state;
    value(90, 0);
    value(90, 4_000);
    save('hot.json', hot(80, { name: 'Tank hot', rationalisation: { cause: 'cooling lost' } }));
    folder.load();
    expect(state()?.levels[0]).toMatchObject({ truth: 'true', evidenceMs: 4_000 });
    save('hot.json', hot(81, { name: 'Tank hot' }));
    folder.load();
    expect(state()?.levels[0]?.evidenceMs).toBe(0);
    expect(published.some(({ payload }) => payload.includes('event=RULE_CHANGED'))).toBe(true);
    value(90, 8_000);
    expect(state()?.active).toBe(false);
    value(90, 9_000);
    expect(state()?.active).toBe(true);
    save('hot.json', hot(70, { name: 'Tank hot' }));
    folder.load();
    expect(state()).toMatchObject({ active: true, episode: 1, unacked: true });
  });

  it('a rule that is deleted, disabled or put in shadow takes its alarm along', () => {
    for (const change of [
      undefined,
      hot(80, { onDelay: '0s', mode: 'disabled' }),
      hot(80, { onDelay: '0s', mode: 'shadow' }),
    ]) {
      save('hot.json', hot(80, { onDelay: '0s' }));
      const { folder, shown, value } = open();
      value(90, 0);
      expect(shown()).toMatchObject({ state: 'UNACK' });
      if (change === undefined) rmSync(path.join(dir, 'hot.json'));
      else save('hot.json', change);
      folder.load();
      expect(shown()).toBeNull();
    }
  });

  it('a rule that is new is judged by the values that are there', () => {
    save('cold.json', { ...hot(80), id: 'cold', condition: { '<': [{ var: 'temp' }, 5] } });
    const { folder, shown, value } = open();
    value(90, 0);
    save('hot.json', hot(80, { onDelay: '0s' }));
    folder.load();
    expect(shown()).toMatchObject({ rule: 'hot', state: 'UNACK' });
  });
});

describe('watchFolder()', () => {
  it('three atomic saves are three reloads, and so are saves in place', async () => {
    save('hot.json', hot(80));
    const { engine, folder } = open();
    let loads = 0;
    let loaded = () => {};
    await using watch = watchFolder(
      dir,
      {
        isPolling: false,
        onChange: () => {
          folder.load();
          loads++;
          loaded();
        },
      },
      silentLog(),
    );
    await watch.ready;
    for (const [i, limit] of [81, 82, 83, 84].entries()) {
      const done = new Promise<void>((resolve) => {
        loaded = resolve;
      });
      if (i < 3) saveAtomically('hot.json', hot(limit));
      else save('hot.json', hot(limit));
      await done;
      expect(engine.rules.get('hot')?.rule.source.condition).toEqual({ '>': [{ var: 'temp' }, limit] });
    }
    expect(loads).toBe(4);
  }, 20_000);
});
