// What the console costs its viewers, on the whole pipeline under 200 changes a second:
//   the page   bytes over the wire, time to first paint and until it is live with the plant on it, cold cache, beside an empty
//              page in the same browser; also with a processor four times as slow, as a tablet's is
//   the API    how long a call takes while 50 viewers watch the stream and ask once a second each, beside one viewer
// `npm run bench -- console --runs 5 --seconds 5` for a quick look.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import type { BrowserContext } from 'playwright-core';
import { NO_CHROMIUM, openConsoleBrowser } from '../support/console-browser.ts';
import { startLoad } from '../support/load.ts';
import { loginOf } from '../support/logins.ts';
import { machineLine } from './machine.ts';
import { median, percentile } from './percentile.ts';

const { values: args } = parseArgs({
  args: process.argv.slice(3),
  options: {
    runs: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '20' },
    viewers: { type: 'string', default: '50' },
  },
});
const RUNS = Number(args.runs);
const MEASURED_MS = Number(args.seconds) * 1_000;
const VIEWERS = Number(args.viewers);
const DEVICES = 50;
/** Each message has four metrics. */
const MESSAGES_PER_SECOND = 50;
const ASKED = ['api/alarms', 'api/values', 'api/devices', 'api/journal'] as const;

if (NO_CHROMIUM !== undefined) {
  console.error(`not measured: ${NO_CHROMIUM}`);
  process.exit(1);
}
await using opened = await openConsoleBrowser({
  env: { PENSTOCK_CONSOLE_REQUESTS_PER_MINUTE: '1000000' },
});
const { pipeline, browser } = opened;
await using _load = await startLoad({
  ...{ port: pipeline.brokerPort, devices: DEVICES, qos: 1, rate: MESSAGES_PER_SECOND, window: 10, from: Date.now() },
  topic: (device) => `plant/v1/lyon/tank-farm/bench-${device}/tele`,
  payload: (_, n) => JSON.stringify({ temperature: 20 + (n % 10), level: n % 7, pressure: n % 5, flow: n % 3 }),
  login: () => loginOf(pipeline.dataDir, 'cli'),
});
const page = await opened.visit('ada');
const cookies = await page.context().cookies();
await page.context().close();

type Loaded = { readonly paintMs: number; readonly liveMs: number; readonly bytes: number };

/** One cold start of a page in a browser of its own; `live` where the page is one that becomes so. */
async function load(address: string, slowness: number, isLive: boolean): Promise<Loaded> {
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addCookies(cookies);
  const tab = await context.newPage();
  const debuggee = await context.newCDPSession(tab);
  await debuggee.send('Emulation.setCPUThrottlingRate', { rate: slowness });
  const sizes: Promise<number>[] = [];
  tab.on('requestfinished', (request) =>
    sizes.push(
      request.sizes().then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize),
    ),
  );
  await tab.addInitScript(() => {
    const marks = globalThis as unknown as { liveMs?: number };
    new MutationObserver(() => {
      const isThere = document.querySelector('[data-testid=connection][data-state=live]') !== null;
      if (isThere) marks.liveMs ??= performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  await tab.goto(address);
  if (isLive) await tab.waitForFunction(() => (globalThis as unknown as { liveMs?: number }).liveMs !== undefined);
  const times = await tab.evaluate(async () => {
    const painted = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
    while (painted() === undefined) await new Promise((resolve) => requestAnimationFrame(resolve));
    return { paintMs: painted() ?? 0, liveMs: (globalThis as unknown as { liveMs?: number }).liveMs ?? 0 };
  });
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  await context.close();
  return { ...times, bytes };
}

async function measurePage(): Promise<void> {
  const empty = createServer((_request, response) => response.end('<!doctype html><title>.</title><p>.</p>'));
  await new Promise<void>((resolve) => empty.listen(0, '127.0.0.1', resolve));
  const emptyUrl = `http://127.0.0.1:${(empty.address() as AddressInfo).port}`;
  console.log('\npage, cold cache (median of runs)   first paint   beside an empty page   live      over the wire');
  for (const slowness of [1, 4]) {
    const reference: number[] = [];
    const loads: Loaded[] = [];
    for (let run = 0; run < RUNS; run++) {
      reference.push((await load(emptyUrl, slowness, false)).paintMs);
      loads.push(await load(pipeline.consoleUrl, slowness, true));
    }
    const paintMs = median(loads.map((each) => each.paintMs));
    const liveMs = median(loads.map((each) => each.liveMs));
    const kilobytes = median(loads.map((each) => each.bytes)) / 1_024;
    const ratio = paintMs / median(reference);
    const name = slowness === 1 ? 'this machine' : `a processor ${slowness} times as slow`;
    console.log(
      `${name.padEnd(36)}${`${paintMs.toFixed(0)} ms`.padEnd(14)}${`${ratio.toFixed(1)} x`.padEnd(23)}${`${liveMs.toFixed(0)} ms`.padEnd(10)}${kilobytes.toFixed(0)} KB`,
    );
  }
  empty.close();
}

/** Latencies in ms of calls by so many viewers, each with its stream open. */
async function callAs(viewers: number): Promise<Map<string, number[]>> {
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const headers = { cookie };
  const stop = new AbortController();
  const took = new Map<string, number[]>(ASKED.map((name) => [name, []]));
  const streams = Array.from({ length: viewers }, async () => {
    const { body } = await fetch(`${pipeline.consoleUrl}/api/events`, { headers, signal: stop.signal });
    for await (const _chunk of body ?? []);
  });
  const until = performance.now() + MEASURED_MS;
  const asking = Array.from({ length: viewers }, async (_, viewer) => {
    await pause((1_000 * viewer) / viewers);
    for (let n = viewer; performance.now() < until; n++) {
      const name = ASKED[n % ASKED.length] ?? ASKED[0];
      const startedAt = performance.now();
      const answer = await fetch(`${pipeline.consoleUrl}/${name}`, { headers });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${name} answered ${answer.status}`);
      took.get(name)?.push(performance.now() - startedAt);
      // One viewer alone asks as often as all do together, so that both have as many answers.
      await pause(viewers === 1 ? 1_000 / VIEWERS : 1_000);
    }
  });
  await Promise.all(asking);
  stop.abort();
  await Promise.allSettled(streams);
  return took;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function measureApi(): Promise<void> {
  const alone = await callAs(1);
  const many = await callAs(VIEWERS);
  console.log(
    `\nAPI                 1 viewer p50 / p99      ${VIEWERS} viewers p50 / p99     p99 beside one   answers`,
  );
  for (const name of ASKED) {
    const [one, all] = [alone, many].map((took) => (took.get(name) ?? []).toSorted((a, b) => a - b));
    const of = (times: readonly number[] = []) => [percentile(times, 0.5), percentile(times, 0.99)] as const;
    const [[p50, p99], [p50Many, p99Many]] = [of(one), of(all)];
    const both = (a: number, b: number) => `${a.toFixed(1)} / ${b.toFixed(1)} ms`.padEnd(24);
    console.log(
      `${name.padEnd(20)}${both(p50, p99)}${both(p50Many, p99Many)}${`${(p99Many / p99).toFixed(1)} x`.padEnd(17)}${all?.length ?? 0}`,
    );
  }
}

console.log(machineLine());
await measurePage();
await measureApi();
