// The data that dashboards are tried on: a whole pipeline with its simulated plant runs until everything has happened that a panel
// shows; what needs a longer life (a flood, a chattering alarm, clocks that are off, a month of roll-ups) is written beside it by the
// code that writes it in the pipeline.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type AlarmMessage, type AlarmState, PRIORITIES, type Priority } from '#domain/alarm.ts';
import { type DeviceView, UNHEARD } from '#domain/device.ts';
import { encodeDeviceState } from '#domain/device-journal.ts';
import { encodeJournalEntry, type JournalEntry, type JournalEvent } from '#domain/journal.ts';
import { PIPELINE } from '#domain/service.ts';
import { encodeRollUps, formatAggregateQuery } from '../../services/writer/roll-up/aggregate.ts';
import { startInfluxd } from './influxd.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import { freePorts, ROOT, run, tempFolder, until } from './processes.ts';

export type StoredSeries = {
  readonly name: string;
  readonly tags?: { [tag: string]: string };
  readonly columns: string[];
  readonly values: unknown[][];
};

export type DashboardData = AsyncDisposable & {
  readonly historian: string;
  /** The same data; undefined where it is not installed. */
  readonly influxdb: string | undefined;
};

const MINUTE = 60_000;
const AREAS = ['tank-farm', 'pump-line', 'compressor'] as const;

export async function openDashboardData({ hasInfluxdb }: { readonly hasInfluxdb: boolean }): Promise<DashboardData> {
  const stack = new AsyncDisposableStack();
  try {
    const pipeline = stack.use(
      await startPipeline({
        services: ['ingest', 'rules', 'writer', 'console', 'watchdog'],
        env: { PENSTOCK_NUMBERS_INTERVAL: '1s' },
      }),
    );
    await liveThroughIt(pipeline);
    const historian = pipeline.storeUrl;
    await addHistory(historian);
    // Nothing is written any more: both stores are asked for the same.
    for (const name of ['watchdog', 'ingest', 'rules', 'console', 'writer'])
      await pipeline.processes.get(name)?.[Symbol.asyncDispose]();
    await addRollUps(historian);
    const influxdb = hasInfluxdb ? await copied(pipeline, stack) : undefined;
    return { historian, influxdb, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Until an alarm came and was acknowledged, one was shelved, a command was answered, and something was refused. */
async function liveThroughIt(pipeline: Pipeline): Promise<void> {
  const program = path.join(ROOT, 'services/cli/main.ts');
  await using _simulator = run(process.execPath, [program, 'simulate', '--broker-port', String(pipeline.brokerPort)], {
    PENSTOCK_SUPERVISED: '1',
    PENSTOCK_DATA: pipeline.dataDir,
  });
  const device = await pipeline.client();
  await device.publishAsync('plant/v1/lyon/compressor/comp-01/tele', '{"oil-pressure": 2.2, "q": 1}', { qos: 1 });
  const operator = await pipeline.client(pipeline.loginOf('ada'));
  const alarms = new Map<string, AlarmMessage>();
  operator.on('message', (topic, payload) => {
    if (payload.length > 0) alarms.set(topic, JSON.parse(payload.toString()));
  });
  await operator.subscribeAsync('alarm/v1/lyon/#');
  const operate = async (rule: string, operation: object) => {
    const [topic, alarm] = await until(
      `an alarm of ${rule}`,
      () => [...alarms].find(([name, { state }]) => name.includes(`/${rule}/`) && state === 'UNACK'),
      90_000,
    );
    const payload = JSON.stringify({ ...operation, episode: alarm.episode, by: 'ada' });
    await operator.publishAsync(topic.replace('alarm/', 'alarm-op/'), payload, { qos: 1 });
  };
  await operate('tank-temp-high', { op: 'ack', comment: 'cooling is back' });
  await operate('sensor-silent', { op: 'shelve', until: Date.now() + 60 * MINUTE, comment: 'is being mended' });
  await operate('tank-level-hihi', { op: 'ack' });
  const has = (what: string, from: string, where: string) =>
    until(
      what,
      async () =>
        (await pipeline.query(`SELECT * FROM "plant"."raw"."${from}" WHERE ${where} LIMIT 1`)).length > 0 || undefined,
      60_000,
    );
  await has('the acknowledgement', 'alarm_event', `"event" = 'ACKED'`);
  await has('the shelving', 'alarm_event', `"event" = 'SHELVED'`);
  await has('a return', 'alarm_event', `"event" = 'RETURNED'`);
  await has('a command that is carried out', 'alarm_event', `"event" = 'COMMAND:SUCCEEDED'`);
  await has('what was refused', 'reading', `"metric" =~ /^ingest_rejected_total\\//`);
  await has('a device that is gone', 'device_state', '"online" = false');
  await has('a beat', 'reading', `"metric" = 'watchdog_round_trip_seconds_p99'`);
  await has('a query of the historian', 'reading', `"metric" = 'historian_query_seconds_p99'`);
  await has('quality that is not good', 'reading', '"q" > 0 AND "site" = \'lyon\'');
}

type Happening = { readonly at: number; readonly event: JournalEvent; readonly state: AlarmState };

/**
 * What takes longer than a test: twelve alarms within ten minutes, one that chatters, every priority, alarms of the pipeline, a wrong
 * clock, gaps.
 */
async function addHistory(historian: string): Promise<void> {
  const now = Date.now();
  // In a wall-clock window of ten minutes that is over.
  const begin = Math.floor(now / (10 * MINUTE)) * 10 * MINUTE - 8 * MINUTE;
  const flood = Array.from({ length: 12 }, (_, i) => [
    ...episode('flood', `pump-${i}`, i % 2 === 0 ? 'low' : 'medium', begin + i * 10_000),
  ]).flat();
  const chatter = Array.from({ length: 4 }, (_, i) => episode('chatters', 'pump-01', 'low', begin + i * 10_000)).flat();
  const standing = PRIORITIES.flatMap((priority) => episode('stands', `pump-${priority}`, priority, begin).slice(0, 1));
  const ofPipeline = [
    ...episode('fails', 'writer', 'medium', begin),
    ...episode('waits', 'ingest', 'medium', begin).slice(0, 1),
  ];
  const view: DeviceView = {
    ...{ site: 'lyon', area: 'pump-line', device: 'pump-01', model: null, role: null, labels: {} },
    ...{ ...UNHEARD, online: true, firmware: '0.9', clockSkewMs: 90_000, lastSeen: now, messagesPerMinute: 1 },
    lastError: { at: now, reason: 'json', message: 'the payload is not valid JSON' },
  };
  const entries = [...flood, ...chatter, ...standing, ...ofPipeline.map((entry) => ({ ...entry, ...PIPELINE }))];
  const lines = entries.map(encodeJournalEntry);
  await write(historian, 'raw', [...lines, encodeDeviceState(view, 7, now)].join('\n'));
}

let entryCount = 0;

function episode(rule: string, instance: string, priority: Priority, at: number): JournalEntry[] {
  const happenings: Happening[] = [
    { at, event: 'ACTIVE', state: 'UNACK' },
    { at: at + 2_000, event: 'ACKED', state: 'ACKED' },
    { at: at + 5_000, event: 'RETURNED', state: 'NORM' },
  ];
  return happenings.map(({ at: journalTime, event, state }) => ({
    ...{
      alarmId: `${rule}/${instance}`,
      seq: entryCount++,
      rule,
      rev: 'r1',
      site: 'lyon',
      area: 'pump-line',
      instance,
    },
    ...{ episode: 1, event, state, overlay: null, priority, sampleTime: journalTime, journalTime, inputs: {} },
    ...{
      summary: `${rule} of ${instance}`,
      sinceActiveMs: journalTime - at,
      firstOut: false,
      historical: false,
      shadow: false,
    },
  }));
}

/** Minutes and hours, by the statement and the encoding that the writer has for them. */
async function addRollUps(historian: string): Promise<void> {
  const hour = 60 * MINUTE;
  const to = Math.ceil(Date.now() / hour) * hour;
  for (const [width, policy] of [
    ['1m', 'r1m'],
    ['1h', 'r1h'],
  ] as const) {
    for (const area of AREAS) {
      const range = { from: to - 2 * hour, to };
      const text = formatAggregateQuery({
        database: 'plant',
        source: 'raw',
        area: { site: 'lyon', area },
        ...range,
        width,
      });
      const rows = await ask(historian, text);
      const lines = encodeRollUps(rows.map(({ tags = {}, ...rest }) => ({ ...rest, tags })));
      if (lines.length === 0) throw new Error(`there is nothing in ${area} to roll up`);
      await write(historian, policy, lines.join('\n'));
    }
  }
}

/** Everything of the historian in an InfluxDB, by the way that README gives for moving data. */
async function copied(pipeline: Pipeline, stack: AsyncDisposableStack): Promise<string> {
  const folder = stack.use(tempFolder()).path;
  const [port = 0, rpcPort = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  stack.use(await startInfluxd({ folder, port, rpcPort }));
  await ask(url, 'CREATE DATABASE "plant" WITH DURATION 30d REPLICATION 1 NAME "raw"');
  for (const policy of ['r1m', 'r1h'])
    await ask(url, `CREATE RETENTION POLICY "${policy}" ON "plant" DURATION 52w REPLICATION 1`);
  for (const policy of ['raw', 'r1m', 'r1h'] as const) {
    const file = path.join(folder, `${policy}.lp`);
    const words = ['historian', 'export', file, '--database', 'plant', '--policy', policy, '--data', pipeline.dataDir];
    const tool = run(process.execPath, [path.join(ROOT, 'services/cli/main.ts'), ...words]);
    await until(`the export of ${policy}`, () => (tool.child.exitCode === null ? undefined : true), 60_000);
    if (tool.child.exitCode !== 0) throw new Error(tool.output());
    const lines = readFileSync(file, 'utf8').replace(/^#.*\n/gm, '');
    await write(url, policy, lines, 'u');
  }
  return url;
}

async function write(url: string, policy: string, lines: string, precision = 'ms'): Promise<void> {
  const response = await fetch(`${url}/write?${new URLSearchParams({ db: 'plant', rp: policy, precision })}`, {
    method: 'POST',
    body: lines,
  });
  if (response.status !== 204) throw new Error(`${policy}: ${response.status} ${await response.text()}`);
}

/** As Grafana asks: GET, milliseconds. @throws Error in the store's words */
export async function ask(url: string, text: string): Promise<StoredSeries[]> {
  const words = new URLSearchParams({ db: 'plant', epoch: 'ms', q: text });
  const isRead = /^\s*(?:SELECT|SHOW)/i.test(text);
  const response = await (isRead
    ? fetch(`${url}/query?${words}`)
    : fetch(`${url}/query`, { method: 'POST', body: words }));
  const { results = [], error } = (await response.json()) as {
    results?: { series?: StoredSeries[]; error?: string }[];
    error?: string;
  };
  const problem = error ?? results[0]?.error;
  if (problem !== undefined) throw new Error(`${problem}: ${text}`);
  return results[0]?.series ?? [];
}
