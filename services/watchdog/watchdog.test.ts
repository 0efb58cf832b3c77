import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlarmOperation, Role } from '#domain/alarm.ts';
import type { OwnAlarmState } from './own-alarm.ts';
import {
  type Behaviour,
  BROKER_GONE,
  FakePipeline,
  INGEST_SILENT,
  INTERVAL_MS,
  RULES_SILENT,
  WELL,
} from './testing.ts';

const MINUTE = 60_000;

/** A pipeline that has answered for a minute. */
function wellFor(forMs = MINUTE): FakePipeline {
  const pipeline = new FakePipeline();
  pipeline.run(forMs, WELL);
  return pipeline;
}

const ack = (episode: number, by = 'kim'): AlarmOperation => ({ op: 'ack', episode, by });

describe('a pipeline that answers', () => {
  it('gets a beat every interval and raises nothing', () => {
    const pipeline = wellFor(10 * MINUTE);
    const beats = pipeline.log.filter(({ kind }) => kind === 'beat').map(({ atMs }) => atMs);
    expect(beats.length).toBe(60);
    expect(new Set(beats.slice(1).map((at, i) => at - (beats[i] ?? 0)))).toEqual(new Set([INTERVAL_MS]));
    expect(pipeline.events()).toEqual([]);
    expect(pipeline.watchdog.problem()).toBeUndefined();
  });

  it('one lost beat is a miss and no alarm, and beats come faster until it is made good', () => {
    const pipeline = wellFor();
    let n = 0;
    pipeline.run(MINUTE, { ...WELL, answerMs: () => (n++ === 0 ? undefined : 20) });
    expect(pipeline.log.filter(({ kind }) => kind === 'missed').length).toBe(1);
    const sent = pipeline.log.filter(({ kind, atMs }) => kind === 'beat' && atMs > MINUTE).map(({ atMs }) => atMs);
    const pauses = sent.slice(1).map((at, i) => Math.round((at - (sent[i] ?? 0)) / 1_000));
    expect(pauses.slice(0, 3)).toEqual([3, 10, 10]);
    expect(pipeline.events()).toEqual([]);
  });
});

describe('an outage', () => {
  it.each([
    [RULES_SILENT, 'rules says that it is up, but gets the beats and answers none'],
    [INGEST_SILENT, 'ingest says that it is up, but makes no point of the beats'],
    [BROKER_GONE, 'the broker cannot be reached (ECONNREFUSED)'],
    [{}, 'the broker holds the connection and acknowledges nothing'],
  ] satisfies [Behaviour, string][])('%o says which part is missing', (behaviour, words) => {
    const pipeline = wellFor();
    pipeline.status('ingest', 'up');
    pipeline.status('rules', 'up');
    pipeline.run(2 * INTERVAL_MS, behaviour);
    expect(pipeline.watchdog.problem()).toBe(words);
    expect(pipeline.events()).toEqual(['ACTIVE']);
    expect(pipeline.watchdog.message()).toMatchObject({
      state: 'UNACK',
      episode: 1,
      priority: 'critical',
      reason: words,
    });
  });

  it('is three misses, and not two', () => {
    const pipeline = wellFor();
    pipeline.run(2 * INTERVAL_MS, RULES_SILENT);
    const raisedAt = pipeline.log.findIndex(({ kind }) => kind === 'call');
    expect(pipeline.log.slice(0, raisedAt).filter(({ kind }) => kind === 'missed').length).toBe(3);
  });

  it('says what the missing service last said of itself', () => {
    const pipeline = wellFor();
    pipeline.status('rules', 'restarting', 'ended with signal SIGSEGV; starting again in 8 s');
    pipeline.run(2 * INTERVAL_MS, RULES_SILENT);
    expect(pipeline.watchdog.problem()).toBe(
      'rules is being started again (ended with signal SIGSEGV; starting again in 8 s)',
    );
  });

  it('that moves on to another part is shown as that, and journaled once', () => {
    const pipeline = wellFor();
    pipeline.run(2 * INTERVAL_MS, RULES_SILENT);
    const before = pipeline.watchdog.message()?.seq ?? 0;
    pipeline.run(MINUTE, INGEST_SILENT);
    expect(pipeline.watchdog.problem()).toBe('ingest has never reported to this broker');
    expect(pipeline.watchdog.message()?.seq).toBe(before + 1);
    expect(pipeline.events()).toEqual(['ACTIVE']);
  });

  it('returns when beats are answered again, and stays to be acknowledged', () => {
    const pipeline = wellFor();
    pipeline.run(MINUTE, RULES_SILENT);
    pipeline.run(INTERVAL_MS, WELL);
    expect(pipeline.events()).toEqual(['ACTIVE', 'RETURNED']);
    expect(pipeline.watchdog.message()).toMatchObject({ state: 'RTNUN', quality: 'GOOD' });
    // A person reads an age, not the number of a beat.
    expect(pipeline.watchdog.message()?.inputs['last answer']?.value).toBeLessThan(3_600);
    pipeline.step({ kind: 'operation', operation: ack(1), role: 'operator', now: pipeline.now });
    expect(pipeline.watchdog.message()).toBeNull();
    expect(pipeline.events()).toEqual(['ACTIVE', 'RETURNED', 'ACKED']);
    expect(pipeline.log.filter(({ kind }) => kind === 'call')).toMatchObject([{ isRaised: true }, { isRaised: false }]);
  });

  it('with answers that come, but too late, is an outage that says so', () => {
    const pipeline = wellFor();
    pipeline.run(MINUTE, { ...WELL, answerMs: () => 12_000 });
    expect(pipeline.watchdog.problem()).toBe('answers come too late, after more than 10s');
  });

  it('the answers that a thawed service gives all at once do not pass for a working pipeline', () => {
    const pipeline = wellFor();
    const thawsAt = pipeline.elapsedMs + 5 * MINUTE;
    pipeline.run(5 * MINUTE, { ...WELL, answerMs: () => thawsAt - pipeline.elapsedMs });
    pipeline.tick(RULES_SILENT);
    expect(pipeline.log.filter(({ kind }) => kind === 'measured').length).toBeGreaterThan(50);
    expect(pipeline.events()).toEqual(['ACTIVE']);
    pipeline.run(INTERVAL_MS, WELL);
    expect(pipeline.events()).toEqual(['ACTIVE', 'RETURNED']);
  });

  it('a broker that is away is sent no beats to store up', () => {
    const pipeline = wellFor();
    const sent = pipeline.log.length;
    pipeline.run(10 * MINUTE, BROKER_GONE);
    expect(pipeline.log.slice(sent).filter(({ kind }) => kind === 'beat')).toEqual([]);
  });
});

describe('how long it takes (any moment, any length)', () => {
  const start = fc.integer({ min: 0, max: 3 * INTERVAL_MS }).map((ms) => MINUTE + ms);

  it('an outage shorter than one interval never raises: the broker keeps the beats, and the third is answered in time', () => {
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: INTERVAL_MS - 500 }), (beforeMs, outageMs) => {
        const pipeline = wellFor(beforeMs);
        const endsAt = pipeline.elapsedMs + outageMs;
        pipeline.run(outageMs, { ...WELL, answerMs: () => endsAt - pipeline.elapsedMs + 20 });
        pipeline.run(MINUTE, WELL);
        expect(pipeline.events()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('an outage that loses beats never raises where it is shorter than two thirds of an interval', () => {
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 6_000 }), (beforeMs, outageMs) => {
        const pipeline = wellFor(beforeMs);
        pipeline.run(outageMs, RULES_SILENT);
        pipeline.run(MINUTE, WELL);
        expect(pipeline.events()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('an outage longer than two intervals always raises, and returns within one', () => {
    fc.assert(
      fc.property(start, fc.integer({ min: 2 * INTERVAL_MS + 500, max: 10 * MINUTE }), (beforeMs, outageMs) => {
        const pipeline = wellFor(beforeMs);
        pipeline.run(2 * INTERVAL_MS + 500, RULES_SILENT);
        expect(pipeline.events()).toEqual(['ACTIVE']);
        pipeline.run(outageMs - 2 * INTERVAL_MS, RULES_SILENT);
        pipeline.run(INTERVAL_MS + 4_000, WELL);
        expect(pipeline.events()).toEqual(['ACTIVE', 'RETURNED']);
      }),
      { numRuns: 100 },
    );
  });

  it('flapping: every episode has one ACTIVE and at most one RETURNED, in turn, and seq only grows', () => {
    const stretch = fc.tuple(fc.integer({ min: 100, max: 40_000 }), fc.constantFrom(WELL, RULES_SILENT, BROKER_GONE));
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 40 }), (stretches) => {
        const pipeline = wellFor();
        for (const [forMs, behaviour] of stretches) pipeline.run(forMs, behaviour);
        const events = pipeline.events();
        expect(events).toEqual(events.map((_, i) => (i % 2 === 0 ? 'ACTIVE' : 'RETURNED')));
        const entries = pipeline.log.flatMap((each) => (each.kind === 'journal' ? [each.entry] : []));
        expect(entries.map(({ episode }) => episode)).toEqual(entries.map((_, i) => Math.floor(i / 2) + 1));
        for (const [i, { seq }] of entries.slice(1).entries()) expect(seq).toBeGreaterThan(entries[i]?.seq ?? 0);
      }),
      { numRuns: 200 },
    );
  });

  it('a pipeline that answers every other beat does not chatter', () => {
    const pipeline = wellFor();
    let n = 0;
    pipeline.run(30 * MINUTE, { ...WELL, answerMs: () => (n++ % 2 === 0 ? undefined : 20) });
    expect(pipeline.events().length).toBeLessThanOrEqual(1);
  });
});

describe('a start', () => {
  it('of the whole system may take a minute to the first answer', () => {
    const pipeline = new FakePipeline();
    pipeline.run(59_000, BROKER_GONE);
    pipeline.run(INTERVAL_MS, WELL);
    expect(pipeline.events()).toEqual([]);
  });

  it('that never comes up is an alarm soon after the minute', () => {
    const pipeline = new FakePipeline();
    pipeline.run(59_000, BROKER_GONE);
    expect(pipeline.events()).toEqual([]);
    pipeline.run(1_000 + INTERVAL_MS + 4_000, BROKER_GONE);
    expect(pipeline.events()).toEqual(['ACTIVE']);
    expect(pipeline.watchdog.message()?.inputs['last answer']).toMatchObject({
      value: null,
      quality: 'NEVER',
      ageMs: null,
    });
  });

  it('with the first answer the grace is over', () => {
    const pipeline = new FakePipeline();
    pipeline.run(1_000, WELL);
    pipeline.run(2 * INTERVAL_MS, RULES_SILENT);
    expect(pipeline.events()).toEqual(['ACTIVE']);
  });
});

describe('a restart of the watchdog', () => {
  const raised = (): { pipeline: FakePipeline; saved: OwnAlarmState } => {
    const pipeline = wellFor();
    pipeline.run(2 * INTERVAL_MS, RULES_SILENT);
    return { pipeline, saved: JSON.parse(JSON.stringify(pipeline.watchdog.alarmState)) as OwnAlarmState };
  };

  it('in the middle of an outage neither loses nor repeats the alarm', () => {
    const { pipeline, saved } = raised();
    const next = new FakePipeline({ alarm: saved, startedMs: pipeline.elapsedMs + 500 });
    expect(next.watchdog.message()).toEqual(pipeline.watchdog.message());
    next.run(5 * MINUTE, RULES_SILENT);
    expect(next.events()).toEqual([]);
    expect(next.log.filter(({ kind }) => kind === 'call')).toEqual([]);
    next.run(2 * INTERVAL_MS, WELL);
    expect(next.events()).toEqual(['RETURNED']);
  });

  it('in the middle of an outage is not taken in by a single answer', () => {
    const next = new FakePipeline({ alarm: raised().saved, startedMs: 500_000 });
    let n = 0;
    next.run(MINUTE, { ...WELL, answerMs: () => (n++ === 0 ? 20 : undefined) });
    expect(next.events()).toEqual([]);
  });

  it('after which the pipeline answers returns the alarm, in its own episode and with a higher seq', () => {
    const { saved } = raised();
    const next = new FakePipeline({ alarm: saved, startedMs: 500_000 });
    next.run(2 * INTERVAL_MS, WELL);
    const [entry] = next.log.flatMap((each) => (each.kind === 'journal' ? [each.entry] : []));
    expect(entry).toMatchObject({ event: 'RETURNED', episode: 1, seq: saved.seq + 1 });
  });

  it('keeps an acknowledgement, and who gave it', () => {
    const { pipeline } = raised();
    pipeline.step({
      kind: 'operation',
      operation: { ...ack(1), comment: 'on site' },
      role: 'operator',
      now: pipeline.now,
    });
    const next = new FakePipeline({ alarm: pipeline.watchdog.alarmState, startedMs: 500_000 });
    expect(next.watchdog.message()).toMatchObject({ state: 'ACKED', ackedBy: 'kim', ackComment: 'on site' });
    next.run(2 * INTERVAL_MS, WELL);
    expect(next.watchdog.message()).toBeNull();
  });

  it('an answer to a beat of the earlier life answers none of this one', () => {
    const { pipeline, saved } = raised();
    const old = pipeline.log.flatMap((each) => (each.kind === 'beat' ? [each.beat] : []));
    const next = new FakePipeline({ alarm: saved, startedMs: pipeline.elapsedMs + 500 });
    next.run(1_000, RULES_SILENT);
    for (const beat of old) expect(next.step({ kind: 'answered', beat, now: next.now })).toEqual([]);
    expect(next.watchdog.problem()).toBeDefined();
  });

  it('without its file takes on what the broker had retained, and returns it when the pipeline answers', () => {
    const { saved } = raised();
    const next = new FakePipeline();
    next.step({ kind: 'retained', state: saved });
    expect(next.watchdog.problem()).toBe(saved.story?.reason);
    next.run(1_000, WELL);
    expect(next.events()).toEqual([]);
    next.run(2 * INTERVAL_MS, WELL);
    expect(next.events()).toEqual(['RETURNED']);
  });

  it('what the broker had retained of an episode that is over is replaced', () => {
    const { pipeline, saved } = raised();
    pipeline.run(MINUTE, WELL);
    pipeline.step({ kind: 'operation', operation: ack(1), role: 'operator', now: pipeline.now });
    expect(pipeline.step({ kind: 'retained', state: saved })).toEqual([{ kind: 'alarm', message: null }]);
    expect(pipeline.watchdog.problem()).toBeUndefined();
  });

  it('its own message as the broker has it is no news', () => {
    const { pipeline, saved } = raised();
    expect(pipeline.step({ kind: 'retained', state: saved })).toEqual([]);
  });
});

describe('clocks', () => {
  it.each([-86_400_000, 3_600_000])('a step of the clock by %d ms is no miss and no answer', (stepMs) => {
    const pipeline = wellFor();
    pipeline.clockStepMs = stepMs;
    pipeline.run(5 * MINUTE, WELL);
    expect(pipeline.log.filter(({ kind }) => kind === 'missed')).toEqual([]);
    pipeline.run(2 * INTERVAL_MS, RULES_SILENT);
    expect(pipeline.events()).toEqual(['ACTIVE']);
  });

  it('a clock that steps back during an episode does not let it end before it began', () => {
    const pipeline = wellFor();
    pipeline.run(2 * INTERVAL_MS, RULES_SILENT);
    pipeline.clockStepMs = -3_600_000;
    pipeline.run(2 * INTERVAL_MS, WELL);
    const message = pipeline.watchdog.message();
    expect(message?.clearedAt).toBeGreaterThanOrEqual(message?.activeSince ?? Number.POSITIVE_INFINITY);
  });

  it('a watchdog that was frozen for an hour counts one miss, not hundreds', () => {
    const pipeline = wellFor();
    pipeline.run(1_000, RULES_SILENT);
    const missed = pipeline.log.filter(({ kind }) => kind === 'missed').length;
    pipeline.elapsedMs += 60 * MINUTE;
    pipeline.tick(WELL);
    expect(pipeline.log.filter(({ kind }) => kind === 'missed').length).toBe(missed + 1);
    pipeline.run(MINUTE, WELL);
    expect(pipeline.events()).toEqual([]);
  });
});

describe('what operators do', () => {
  const raised = () => {
    const pipeline = wellFor();
    pipeline.run(2 * INTERVAL_MS, RULES_SILENT);
    return pipeline;
  };
  const operate = (pipeline: FakePipeline, operation: AlarmOperation, role: Role | undefined = 'operator') =>
    pipeline
      .step({ kind: 'operation', operation, role, now: pipeline.now })
      .flatMap((each) => (each.kind === 'journal' ? [`${each.entry.event} ${each.entry.comment ?? ''}`.trim()] : []));

  it('an acknowledgement is of its episode; one of another is refused and journaled', () => {
    const pipeline = raised();
    expect(operate(pipeline, ack(2))).toEqual(['REFUSED ack: episode 2 is over; the alarm is in episode 1']);
    expect(pipeline.watchdog.message()).toMatchObject({ state: 'UNACK' });
    expect(operate(pipeline, ack(1))).toEqual(['ACKED']);
    expect(pipeline.watchdog.message()).toMatchObject({ state: 'ACKED', ackedBy: 'kim' });
  });

  it('the same acknowledgement twice is one; that of somebody else is too late', () => {
    const pipeline = raised();
    operate(pipeline, ack(1));
    expect(operate(pipeline, ack(1))).toEqual([]);
    expect(operate(pipeline, ack(1, '__proto__'))).toEqual(['REFUSED ack: there is nothing to acknowledge']);
  });

  it('a viewer may acknowledge nothing, nor may somebody whom nobody vouches for', () => {
    const pipeline = raised();
    expect(operate(pipeline, ack(1), 'viewer')).toEqual([
      "REFUSED ack: the role 'viewer' may not do this; it needs operator",
    ]);
    const outputs = pipeline.step({ kind: 'operation', operation: ack(1), role: undefined, now: pipeline.now });
    expect(outputs).toMatchObject([{ kind: 'alarm' }, { entry: { event: 'REFUSED', actor: 'kim' } }]);
    expect(pipeline.watchdog.message()).toMatchObject({ state: 'UNACK', ackedBy: null });
  });

  it('an acknowledged alarm goes without a trace when the pipeline answers', () => {
    const pipeline = raised();
    operate(pipeline, ack(1));
    pipeline.run(MINUTE, WELL);
    expect(pipeline.watchdog.message()).toBeNull();
    expect(pipeline.log.findLast(({ kind }) => kind === 'alarm')).toMatchObject({ message: null });
  });

  it.each(['shelve', 'oos', 'reset', 'approve'] as const)('%s is refused: nobody may silence the watchdog', (op) => {
    const pipeline = raised();
    expect(operate(pipeline, { op, episode: 1, by: 'kim' })).toEqual([
      `REFUSED ${op}: the alarm of the watchdog can only be acknowledged`,
    ]);
    expect(pipeline.watchdog.message()).toMatchObject({ state: 'UNACK', overlay: null });
  });
});
