import { describe, expect, it } from 'vitest';
import { decodeLine } from '#domain/line-protocol.ts';
import { silentLog } from '#runtime/log.ts';
import { MemoryBus } from '#runtime/memory-bus.ts';
import { Metrics } from '#runtime/metrics.ts';
import { OWN_ALARM_TOPIC } from './inbox.ts';
import { NORMAL } from './own-alarm.ts';
import { Reporter } from './reporter.ts';
import type { Call, SavedState } from './saved-state.ts';
import { INTERVAL_MS } from './testing.ts';
import { Watchdog } from './watchdog.ts';

type World = {
  readonly write?: () => void;
  readonly send?: (call: Call) => Promise<void>;
  readonly saved?: SavedState;
};

const FIRST: SavedState = { alarm: NORMAL, outbox: [], call: null };

function openReporter({ write, send, saved = FIRST }: World = {}) {
  const bus = new MemoryBus();
  const metrics = new Metrics('watchdog');
  const written: SavedState[] = [];
  const watchdog = new Watchdog({ intervalMs: INTERVAL_MS, firstBeat: 100, startedMs: 0, alarm: saved.alarm });
  /** What was written down last when each message was published. */
  const known: (SavedState | undefined)[] = [];
  const reporter = new Reporter({
    watchdog,
    saved,
    publish: ({ topic, payload, retain }) => {
      known.push(written.at(-1));
      return bus.publish(topic, payload, { retain });
    },
    write: (state) => {
      write?.();
      written.push(structuredClone(state));
    },
    send,
    retryOf: () => ({ retryable: true }),
    log: silentLog(),
    metrics,
  });
  const tick = (elapsedMs: number) =>
    reporter.step({
      kind: 'tick',
      now: { at: elapsedMs, elapsedMs },
      brokerProblem: undefined,
      listenerProblem: undefined,
    });
  /** Past the grace and three misses. */
  const raise = () => {
    for (let ms = 0; ms <= 80_000; ms += 500) tick(ms);
  };
  return { bus, metrics, watchdog, reporter, written, known, tick, raise };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Reporter', () => {
  it('sends a beat as any device would', () => {
    const { bus, tick } = openReporter();
    tick(0);
    expect(bus.payloads('plant/v1/penstock/pipeline/watchdog/tele')).toEqual(['{"ts":0,"beat":100}']);
  });

  it('retains the alarm and journals it, and had it written down before', async () => {
    const { bus, raise, known, written } = openReporter();
    raise();
    const [alarm] = bus.payloads(OWN_ALARM_TOPIC);
    expect(JSON.parse(alarm ?? '{}')).toMatchObject({ rule: 'pipeline-watchdog', state: 'UNACK', episode: 1 });
    const at = bus.sent.findIndex(({ topic }) => topic === OWN_ALARM_TOPIC);
    expect(known[at]?.alarm.story?.active).toBe(true);
    expect(known[at]?.outbox.map(({ topic }) => topic.split('/')[0])).toEqual(['alarm', 'journal']);
    const [line] = bus.sent
      .filter(({ topic }) => topic.startsWith('journal/'))
      .map(({ payload }) => payload.toString());
    expect(decodeLine(line ?? '')).toMatchObject({ measurement: 'alarm_event' });
    await settled();
    expect(written.at(-1)?.outbox).toEqual([]);
  });

  it('tells the alarm on a full disk all the same, and says that a restart would forget it', () => {
    const full = () => {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    };
    const { bus, raise, reporter } = openReporter({ write: full });
    raise();
    expect(bus.payloads(OWN_ALARM_TOPIC).length).toBe(1);
    expect(reporter.problem()).toBe('the state cannot be written (ENOSPC); a restart would forget the alarm');
  });

  it('calls once, and keeps the call until it was taken', async () => {
    const calls: Call[] = [];
    const { raise, reporter, written } = openReporter({ send: async (call) => void calls.push(call) });
    raise();
    expect(written.at(-1)?.call).toMatchObject({ isRaised: true });
    await reporter.tick(80_000);
    await reporter.tick(90_000);
    expect(calls).toMatchObject([{ isRaised: true }]);
    expect(written.at(-1)?.call).toBeNull();
  });

  it('nobody to call: no call is kept', () => {
    const { raise, written } = openReporter();
    raise();
    expect(written.at(-1)?.call).toBeNull();
  });

  it('shows its alarm again to a broker that forgot it, and nothing where there is none', () => {
    const { bus, raise, reporter } = openReporter();
    reporter.republish();
    expect(bus.sent).toEqual([]);
    raise();
    bus.retained.clear();
    reporter.republish();
    expect(bus.retained.has(OWN_ALARM_TOPIC)).toBe(true);
  });

  it('sends what an earlier life could not', () => {
    const outbox = [{ topic: 'journal/v1/7', payload: 'a line', retain: false }];
    expect(openReporter({ saved: { ...FIRST, outbox } }).bus.payloads('journal/v1/7')).toEqual(['a line']);
  });

  it('measures the round trip and counts the outcomes', async () => {
    const { metrics, reporter, tick } = openReporter();
    tick(0);
    reporter.step({ kind: 'answered', beat: 100, now: { at: 40, elapsedMs: 40 } });
    tick(10_000);
    tick(13_400);
    const text = await metrics.text();
    expect(text).toMatch(/watchdog_beats_total\{.*outcome="in-time".*\} 1/);
    expect(text).toMatch(/watchdog_beats_total\{.*outcome="missed".*\} 1/);
    expect(text).toMatch(/watchdog_round_trip_seconds_sum\{.*\} 0.04/);
  });
});
