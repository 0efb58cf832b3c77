import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { encodePoint, SeriesTable } from '#domain/batch.ts';
import type { RulesStatus } from '#domain/rules-status.ts';
import { topics } from '#domain/topic.ts';
import { Engine } from '#rules/engine/engine.ts';
import { START } from '#rules/testing/history.ts';
import { silentLog } from '#runtime/log.ts';
import { watchFolder } from '#runtime/watch-folder.ts';
import { type FolderLoad, RuleFolder } from './rule-folder.ts';
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
  const loads: FolderLoad[] = [];
  const folder = new RuleFolder({
    ...{ dir, engine },
    now: () => clock.now,
    putAndKeep: (input) => rules.putAndKeep(input),
    tell: ({ payload }) => statuses.push(JSON.parse(payload)),
    onLoad: (load) => loads.push(load),
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
  return { clock, engine, folder, loads, published, rules, shown, statuses, store, value };
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

  const refused = (engine: Engine, instance: string) =>
    engine.instances.get(`rule-refused/penstock/pipeline/${instance}`)?.state;
  const savedAt = (file: string, at: number) => utimesSync(path.join(dir, file), at / 1_000, at / 1_000);

  it('a file that is renamed and so refused keeps the rule, and its alarm, as they are', () => {
    save('hot.json', hot(80, { onDelay: '0s' }));
    const { engine, folder, value } = open();
    value(90, 0);
    renameSync(path.join(dir, 'hot.json'), path.join(dir, 'other.json'));
    folder.load();
    expect(engine.instances.get('hot/lyon/farm/t1')?.state).toMatchObject({ active: true, episode: 1 });
    expect(refused(engine, 'other')?.active).toBe(true);
    rmSync(path.join(dir, 'other.json'));
    folder.load();
    expect(engine.instances.get('hot/lyon/farm/t1')).toBeUndefined();
  });

  it.each(['2-hot.json', 'hot copy.json', '.#hot.json', 'a-hot.json', 'zz.json'])(
    'a copy as %s takes nothing over and gets nothing refused but itself',
    (copy) => {
      save('hot.json', hot(80));
      const { engine, folder, statuses } = open();
      const { rev } = engine.rules.get('hot')?.rule ?? {};
      save(copy, hot(99));
      folder.load();
      expect(engine.rules.get('hot')?.rule.rev).toBe(rev);
      expect(statuses.at(-1)?.problems.filter((each) => !each.startsWith(path.join(dir, copy)))).toEqual([]);
      expect(statuses.at(-1)?.problems).not.toEqual([]);
      save('hot.json', hot(80, { mode: 'disabled' }));
      folder.load();
      expect(engine.rules.has('hot')).toBe(false);
    },
  );

  it('the alarm of a refused file says what is wrong with it now', () => {
    save('hot.json', '{');
    const { folder, shown } = open();
    const first = shown();
    save('hot.json', hot(80, { prioritty: 'high' }));
    folder.load();
    expect(first?.reason).toContain('not valid JSON');
    expect(shown()).toMatchObject({ instance: 'hot', episode: 1, state: 'UNACK' });
    expect(shown()?.reason).toContain("'prioritty'");
    expect(shown()?.seq).toBeGreaterThan(first?.seq ?? 0);
  });

  it('a mended file leaves nothing to acknowledge', () => {
    save('hot.json', '{');
    const { folder, shown } = open();
    expect(shown()).toMatchObject({ rule: 'rule-refused', priority: 'medium', state: 'UNACK' });
    save('hot.json', hot(80));
    folder.load();
    expect(shown()).toBeNull();
  });

  it('tells of a name that no file of the plant knows, once, and lets the rule run', () => {
    const { folder, loads, statuses, engine } = open();
    mkdirSync(path.join(dir, 'models'));
    save('models/tank.model.json', { model: 'tank', metrics: { temp: {} } });
    save('hot.json', hot(80, { inputs: { temp: 'tmep' } }));
    folder.load();
    folder.load();
    const said = expect.stringContaining("did you mean 'temp'?");
    expect(loads.slice(-2).map(({ warnings }) => warnings.map(({ message }) => message))).toEqual([[said], []]);
    expect([statuses.at(-1)?.warnings, engine.rules.has('hot')]).toEqual([[said], true]);
  });

  it('a file that is still being written is no mistake yet', () => {
    save('hot.json', hot(80));
    const { clock, engine, folder, loads } = open();
    const halves = [JSON.stringify(hot(81)).slice(0, 40), JSON.stringify(hot(81))];
    save('hot.json', halves[0]);
    savedAt('hot.json', clock.now);
    folder.load();
    clock.now += 1_900;
    folder.tick();
    expect([refused(engine, 'hot'), loads.at(-1)?.news]).toEqual([undefined, []]);
    save('hot.json', halves[1]);
    savedAt('hot.json', clock.now);
    folder.load();
    clock.now += 60_000;
    folder.tick();
    expect(refused(engine, 'hot')).toBeUndefined();
    save('hot.json', halves[0]);
    savedAt('hot.json', clock.now);
    folder.load();
    clock.now += 2_000;
    folder.tick();
    expect(refused(engine, 'hot')?.active).toBe(true);
    expect(loads.at(-1)?.news).not.toEqual([]);
  });

  it('an error is told once, however often other files are saved', () => {
    save('hot.json', '{');
    const { folder, loads } = open();
    save('cold.json', { ...hot(80), id: 'cold' });
    folder.load();
    expect(loads.map(({ news }) => news.length > 0)).toEqual([true, false]);
    expect(loads[1]?.problems).toEqual(loads[0]?.problems);
    save('hot.json', hot(80));
    folder.load();
    save('hot.json', '{');
    folder.load();
    expect(loads.at(-1)?.news).toHaveLength(loads[0]?.news.length ?? 0);
  });

  it('a rule that was stopped is judged again when its file is saved again, and by nothing else', () => {
    save('hot.json', hot(80));
    savedAt('hot.json', START);
    const { engine, folder, rules } = open();
    const stop = () => rules.put({ kind: 'isolate', rule: 'hot', reason: 'it cost too much', at: START });
    stop();
    save('cold.json', { ...hot(80), id: 'cold' });
    folder.load();
    expect(engine.rules.get('hot')?.isolatedBecause).toBe('it cost too much');
    savedAt('hot.json', START + 5_000);
    folder.load();
    expect(engine.rules.get('hot')?.isolatedBecause).toBeUndefined();
    stop();
    folder.load();
    expect(engine.rules.get('hot')?.isolatedBecause).toBe('it cost too much');
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
