// The page of alarms in a flood: thousands of active alarms in the list, and hundreds of changes a second, for some seconds.
//   frames   time between two frames as the page's own requestAnimationFrame sees it, calm and in the flood
//   latency  of a new alarm in the flood, from its publish until its row stands in the document
//   heap     of JavaScript after a collection, before the flood and after it: what grows with every change would show here
// Broker and console alone: the alarms are published as the rules service publishes them. `npm run bench -- console-flood --seconds 5`
// for a quick look.

import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { type AlarmMessage, type AlarmState, PRIORITIES } from '#domain/alarm.ts';
import { topics } from '#domain/topic.ts';
import { NO_CHROMIUM, openConsoleBrowser } from '../support/console-browser.ts';
import { loginOf } from '../support/logins.ts';
import { machineLine } from './machine.ts';
import { percentile } from './percentile.ts';

const { values: args } = parseArgs({
  args: process.argv.slice(3),
  options: {
    alarms: { type: 'string', default: '5000' },
    changes: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
  },
});
const ALARMS = Number(args.alarms);
const CHANGES_PER_SECOND = Number(args.changes);
const MEASURED_MS = Number(args.seconds) * 1_000;
const CALM_MS = 5_000;
/** Changes go out in bursts, as a trip of a plant does. */
const BURSTS_PER_SECOND = 20;
const WINDOW = 200;

if (NO_CHROMIUM !== undefined) {
  console.error(`not measured: ${NO_CHROMIUM}`);
  process.exit(1);
}
await using opened = await openConsoleBrowser({ services: ['console'] });
const { pipeline } = opened;
const client = await pipeline.client(loginOf(pipeline.dataDir, 'rules'));
const seqs = new Map<number, number>();

function alarmOf(n: number, state: AlarmState): AlarmMessage {
  const seq = (seqs.get(n) ?? 0) + 1;
  seqs.set(n, seq);
  const name = { site: 'lyon', area: `area-${n % 16}`, rule: `rule-${n % 100}`, instance: `pump-${n}` };
  const now = Date.now();
  return {
    ...name,
    ...{ alarmId: Object.values(name).join('/'), seq, rev: 'bench', name: `Bearing temperature high ${n % 100}` },
    ...{ state, overlay: null, shelvedUntil: null, shelvingMsMax: 7_200_000, episode: seq, quality: 'GOOD' },
    ...{
      priority: PRIORITIES[n % 4] ?? 'low',
      firstOut: n % 50 === 0,
      activeSince: now,
      clearedAt: null,
      changedAt: now,
    },
    ...{ ackedBy: state === 'ACKED' ? 'ada' : null, ackComment: null, shadow: false, commands: [] },
    inputs: { temp: { metric: 'temperature', value: 80 + (seq % 20), quality: 'GOOD', ageMs: 100, unit: 'Cel' } },
    summary: `pump-${n} at ${80 + (seq % 20)} °C, limit 80 °C`,
    reason: `temperature ${80 + (seq % 20)} °C is above 80 °C since 5 s`,
    labels: { team: 'mechanics' },
    rationalisation: {
      cause: 'Bearing runs dry, or the coupling is out of line',
      consequence: 'The bearing seizes within half an hour and the line stops',
      response: 'Stop the pump, start its twin, call the mechanic on duty',
      timeToRespond: '10m',
    },
  };
}

const publish = (n: number, state: AlarmState) => {
  const alarm = alarmOf(n, state);
  return client.publishAsync(topics.alarm(alarm), JSON.stringify(alarm), { qos: 1, retain: true });
};

/** What is there before anybody looks. */
async function fill(): Promise<void> {
  for (let from = 0; from < ALARMS; from += WINDOW) {
    await Promise.all(Array.from({ length: Math.min(WINDOW, ALARMS - from) }, (_, i) => publish(from + i, 'UNACK')));
  }
}

/** Alarms all over the list are acknowledged, return and come again. */
async function flood(ms: number): Promise<number> {
  const STATES: readonly AlarmState[] = ['ACKED', 'RTNUN', 'UNACK', 'UNACK'];
  const perBurst = CHANGES_PER_SECOND / BURSTS_PER_SECOND;
  const begin = performance.now();
  let sent = 0;
  for (let burst = 0; performance.now() - begin < ms; burst++) {
    for (let i = 0; i < perBurst; i++, sent++)
      void publish((sent * 7_919) % ALARMS, STATES[sent % STATES.length] ?? 'UNACK');
    const dueAt = begin + ((burst + 1) * 1_000) / BURSTS_PER_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())));
  }
  return (sent * 1_000) / (performance.now() - begin);
}

/** Critical ones that nobody knew, which come to stand at the top, one after the other. */
async function probe(page: Page, ms: number): Promise<number[]> {
  const latencies: number[] = [];
  const begin = performance.now();
  for (let n = 0; performance.now() - begin < ms; n++) {
    const id = ALARMS + n * PRIORITIES.length;
    const sentAt = performance.now();
    await publish(id, 'UNACK');
    await page.locator(`[data-testid=alarm-row][data-instance=pump-${id}]`).waitFor();
    latencies.push(performance.now() - sentAt);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return latencies;
}

const frames = (page: Page, ms: number) =>
  page.evaluate(
    (measuredMs) =>
      new Promise<number[]>((resolve) => {
        const deltas: number[] = [];
        const begin = performance.now();
        let last = begin;
        const frame = (at: number) => {
          deltas.push(at - last);
          last = at;
          if (at - begin < measuredMs) requestAnimationFrame(frame);
          else resolve(deltas.slice(1));
        };
        requestAnimationFrame(frame);
      }),
    ms,
  );

async function heapMegabytes(debuggee: CDPSession): Promise<number> {
  await debuggee.send('HeapProfiler.collectGarbage');
  const { usedSize } = await debuggee.send('Runtime.getHeapUsage');
  return usedSize / 1_048_576;
}

function say(name: string, deltas: readonly number[]): number {
  const sorted = deltas.toSorted((a, b) => a - b);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share));
  const all = [p50, p95, p99, sorted.at(-1)].map((ms) => `${(ms ?? Number.NaN).toFixed(1)} ms`.padEnd(12)).join('');
  console.log(`${name.padEnd(24)}${all}${deltas.length}`);
  return p95 ?? Number.NaN;
}

console.log(machineLine());
await fill();
const page = await opened.visit('ada', { viewport: { width: 1920, height: 1080 } });
await page
  .getByTestId('alarm-count')
  .filter({ hasText: ALARMS.toLocaleString('en') })
  .waitFor();
const debuggee = await page.context().newCDPSession(page);
const heapBefore = await heapMegabytes(debuggee);
console.log(
  `${ALARMS} active alarms, ${CHANGES_PER_SECOND} changes a second for ${MEASURED_MS / 1_000} s, 1920 x 1080`,
);
console.log('frames                  p50         p95         p99         max         frames');
const calm = say('calm', await frames(page, CALM_MS));
const measured = [flood(MEASURED_MS), frames(page, MEASURED_MS), probe(page, MEASURED_MS)] as const;
const [rate, deltas, latencies] = await Promise.all(measured);
const flooded = say(`flood (${rate.toFixed(0)} changes/s)`, deltas);
await page.getByTestId('alarm-row').first().press('End');
const scrolled = (async () => {
  for (let i = 0; i < 40; i++) {
    await page.mouse.wheel(0, i % 20 < 10 ? -2_500 : 2_500);
    await page.waitForTimeout(100);
  }
})();
const [, scrolling] = await Promise.all([flood(4_000), frames(page, 4_000), scrolled]);
say('flood while scrolling', scrolling);
say('new alarm on the page', latencies);
const heapAfter = await heapMegabytes(debuggee);
const rows = await page.getByTestId('alarm-row').count();
console.log(`p95 in the flood beside calm: ${(flooded / calm).toFixed(2)} x`);
console.log(`heap ${heapBefore.toFixed(1)} MB before, ${heapAfter.toFixed(1)} MB after; ${rows} rows drawn`);
if (opened.problems.length > 0) console.log(`the page had problems: ${opened.problems.join('; ')}`);
