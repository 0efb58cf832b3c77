// The watchdog around real processes: what hangs or goes is named, told to operators, and returns by itself.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { HEARTBEAT_TOPIC, parseHeartbeat } from '#domain/heartbeat.ts';
import type { ServiceName } from '#domain/service.ts';
import { type Pipeline, startPipeline } from './support/pipeline.ts';
import { until } from './support/processes.ts';

/** A third of it is what an answer may take: enough for a machine that is busy with other tests. */
const INTERVAL_MS = 1_500;
/** What the promise allows, and some for processes that start and sockets that time out. */
const SOON_MS = 10 * INTERVAL_MS;
const NAME = 'penstock/pipeline/pipeline-watchdog/end-to-end';
const PRETTY_SLOW_MS = 60_000;

let pipeline: Pipeline;
/** What the broker retains of the alarm; null where nothing. */
let shown: AlarmMessage | null;
let beats: number[];

beforeEach(async () => {
  shown = null;
  beats = [];
  pipeline = await startPipeline({
    services: ['ingest', 'rules', 'writer', 'watchdog'],
    rules: () => {},
    env: { PENSTOCK_WATCHDOG_INTERVAL: `${INTERVAL_MS}ms` },
  });
  await listen();
  await until('a beat to be answered in time', async () => ((await count('in-time')) > 0 ? true : undefined));
});
afterEach(async () => {
  for (const name of ['rules', 'ingest', 'broker'] as const) signal(name, 'SIGCONT');
  await pipeline[Symbol.asyncDispose]();
});

async function listen(): Promise<void> {
  const client = await pipeline.client({ reconnectPeriod: 200 });
  client.on('message', (topic, payload) => {
    if (topic === HEARTBEAT_TOPIC) beats.push(parseHeartbeat(payload.toString())?.beat ?? 0);
    else shown = payload.length === 0 ? null : (JSON.parse(payload.toString()) as AlarmMessage);
  });
  await client.subscribeAsync([`alarm/v1/${NAME}`, HEARTBEAT_TOPIC], { qos: 1 });
}

function signal(name: ServiceName, how: NodeJS.Signals): void {
  pipeline.processes.get(name)?.child.kill(how);
}

async function ready(): Promise<{ status: number; problems: Record<string, string> }> {
  const response = await fetch(`http://127.0.0.1:${pipeline.metricsPort('watchdog')}/readyz`);
  return {
    status: response.status,
    problems: ((await response.json()) as { problems: Record<string, string> }).problems,
  };
}

async function count(outcome: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${pipeline.metricsPort('watchdog')}/metrics`)).text();
  return Number(new RegExp(`watchdog_beats_total\\{[^}]*outcome="${outcome}"[^}]*\\} (\\d+)`).exec(text)?.[1] ?? 0);
}

const raised = () => until('the alarm', () => (shown?.state === 'UNACK' ? shown : undefined), SOON_MS);
const journal = () =>
  pipeline.query('SELECT "event", "seq" FROM (SELECT "seq" FROM "plant"."raw"."alarm_event" GROUP BY "event")');

async function acknowledge(episode: number): Promise<void> {
  const client = await pipeline.client(pipeline.loginOf('ada'));
  const operation = JSON.stringify({ op: 'ack', episode, by: 'kim' });
  await client.publishAsync(`alarm-op/v1/${NAME}`, operation, { qos: 1 });
}

describe('a service that hangs', () => {
  it(
    'rules: named within two intervals, acknowledged without it, gone when it goes on',
    async () => {
      signal('rules', 'SIGSTOP');
      const stoppedAt = Date.now();
      const alarm = await raised();
      expect(alarm.activeSince - stoppedAt).toBeLessThan(2 * INTERVAL_MS + 1_000);
      expect(alarm).toMatchObject({
        priority: 'critical',
        episode: 1,
        reason: 'rules says that it is up, but gets the beats and answers none',
      });
      expect(await ready()).toMatchObject({ status: 503, problems: { pipeline: alarm.reason } });
      expect(pipeline.processes.get('watchdog')?.output()).toContain('"level":"fatal"');

      await acknowledge(7);
      await acknowledge(1);
      await until('the acknowledgement', () => (shown?.state === 'ACKED' ? true : undefined), SOON_MS);
      expect(shown?.ackedBy).toBe('kim');

      signal('rules', 'SIGCONT');
      await until('the alarm to go', () => (shown === null ? true : undefined), SOON_MS);
      await until('health', async () => ((await ready()).status === 200 ? true : undefined), SOON_MS);
      const events = await until(
        'the journal in the store',
        async () => {
          const rows = (await journal()).map(([, event]) => event);
          return rows.length === 4 ? rows.sort() : undefined;
        },
        SOON_MS,
      );
      expect(events).toEqual(['ACKED', 'ACTIVE', 'REFUSED', 'RETURNED']);
    },
    PRETTY_SLOW_MS,
  );

  it(
    'ingest: named, and the beats that waited meanwhile are all answered and none twice',
    async () => {
      signal('ingest', 'SIGSTOP');
      expect((await raised()).reason).toBe('ingest says that it is up, but makes no point of the beats');
      signal('ingest', 'SIGCONT');
      await until('the return', () => (shown?.state === 'RTNUN' ? true : undefined), SOON_MS);
      const first = Math.min(...beats);
      expect(beats).toEqual(beats.map((_, i) => first + i));
    },
    PRETTY_SLOW_MS,
  );

  it(
    'the broker: health says so, and the alarm is shown once the broker goes on',
    async () => {
      signal('broker', 'SIGSTOP');
      await until(
        'health',
        async () => ((await ready()).problems.pipeline?.includes('the broker') ? true : undefined),
        SOON_MS,
      );
      expect(shown).toBeNull();
      signal('broker', 'SIGCONT');
      await until('the return', () => (shown?.state === 'RTNUN' ? true : undefined), 2 * SOON_MS);
    },
    PRETTY_SLOW_MS,
  );
});

describe('a process that is killed', () => {
  it(
    'the broker: health is 503 at once, and the alarm of the outage is told when a broker is back',
    async () => {
      await pipeline.processes.get('broker')?.kill();
      await until('health', async () => ((await ready()).problems.pipeline ? true : undefined), SOON_MS);
      expect((await ready()).problems).toMatchObject({
        pipeline: expect.stringContaining('the broker cannot be reached'),
      });
      await pipeline.restart('broker');
      await listen(); // the new broker remembers no subscription
      await until('the return', () => (shown?.state === 'RTNUN' ? true : undefined), 2 * SOON_MS);
      await acknowledge(1);
      await until('the alarm to go', () => (shown === null ? true : undefined), SOON_MS);
    },
    PRETTY_SLOW_MS,
  );

  it(
    'the watchdog itself, in the middle of an outage: the alarm is neither lost nor raised again',
    async () => {
      signal('rules', 'SIGSTOP');
      const { alarmId } = await raised();
      await pipeline.processes.get('watchdog')?.kill();
      await acknowledge(1); // waits at the broker
      const restarted = pipeline.restart('watchdog'); // ready when the pipeline answers again
      await until('the acknowledgement', () => (shown?.state === 'ACKED' ? true : undefined), SOON_MS);
      expect(shown).toMatchObject({ alarmId, episode: 1 });
      signal('rules', 'SIGCONT');
      await until('the alarm to go', () => (shown === null ? true : undefined), SOON_MS);
      await restarted;
    },
    PRETTY_SLOW_MS,
  );
});
