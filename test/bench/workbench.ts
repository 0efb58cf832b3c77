// How soon an author sees what a changed number would have done: a day of ten devices at 5 s (172,800 points) in the historian,
// asked of the console over HTTP, each service a process of its own.
//   first      the store is read
//   re-runs    another limit each time, the range ending now; with and without the saved file beside it
//   meanwhile  how long another call to the console takes while that runs
// `npm run bench -- workbench 1` takes one device.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loginOf } from '../support/logins.ts';
import { startPipeline } from '../support/pipeline.ts';
import { StoreClient } from './historian/store-client.ts';
import { machineLine } from './machine.ts';
import { median, percentile } from './percentile.ts';

const DEVICES = Number(process.argv[3] ?? 10);
const RUNS = 20;
const DAY_MS = 86_400_000;
const INTERVAL_MS = 5_000;
const LINES_PER_WRITE = 20_000;
const PAGE = { 'x-penstock-page': '1', 'content-type': 'application/json' };

const rule = {
  id: 'tank-hot',
  name: 'Tank hot',
  priority: 'medium',
  scope: { model: 'tank' },
  groupBy: ['device'],
  inputs: { temp: { metric: 'temperature', unit: 'Cel' } },
  condition: { '>': [{ var: 'temp' }, 80] },
  deadband: 2,
  onDelay: '20s',
  offDelay: '10s',
};
const limited = (limit: number) => JSON.stringify({ ...rule, condition: { '>': [{ var: 'temp' }, limit] } }, null, 2);
const names = Array.from({ length: DEVICES }, (_, i) => `tank-${i}`);

function writeRules(folder: string): void {
  const put = (name: string, content: object) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), JSON.stringify(content));
  };
  const devices = Object.fromEntries(names.map((name) => [name, { model: 'tank' }]));
  put('models/tank.model.json', { model: 'tank', metrics: { temperature: { unit: 'Cel', interval: '5s' } } });
  put('devices/farm.json', { site: 'lyon', area: 'farm', devices });
  put('tank-hot.json', rule);
}

await using pipeline = await startPipeline({ services: ['writer', 'console'], rules: writeRules });
const now = Date.now();
using store = new StoreClient(Number(new URL(pipeline.storeUrl).port));
let lines: string[] = [];
for (let at = now - DAY_MS - 2 * 3_600_000; at < now; at += INTERVAL_MS) {
  for (const [i, name] of names.entries()) {
    // A slow swing that passes 80 a few times a day, each device at its own time, with a little noise.
    const value = 60 + 22 * Math.sin(at / 2_500_000 + i) + ((at / INTERVAL_MS) % 7) / 10;
    lines.push(`reading,area=farm,device=${name},metric=temperature,site=lyon value=${value.toFixed(2)} ${at}`);
  }
  if (lines.length < LINES_PER_WRITE) continue;
  await store.write('plant', Buffer.from(lines.join('\n')));
  lines = [];
}
await store.write('plant', Buffer.from(lines.join('\n')));

const { username: user, password } = loginOf(pipeline.dataDir, 'root');
const login = await fetch(`${pipeline.consoleUrl}/api/login`, {
  ...{ method: 'POST', headers: PAGE, body: JSON.stringify({ user, password }) },
});
const headers = { ...PAGE, cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '' };

async function backtest(limit: number, against: 'saved' | null) {
  const startedMs = performance.now();
  const body = { file: 'tank-hot.json', text: limited(limit), from: now - DAY_MS, to: now + DAY_MS, against };
  const answer = await fetch(`${pipeline.consoleUrl}/api/rules/backtest`, {
    ...{ method: 'POST', headers, body: JSON.stringify(body) },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return { ms: performance.now() - startedMs, kilobytes: text.length / 1_024, view: JSON.parse(text) };
}

const others: number[] = [];
let isOver = false;
const asking = (async () => {
  while (!isOver) {
    const startedMs = performance.now();
    await (await fetch(`${pipeline.consoleUrl}/api/session`, { headers })).text();
    others.push(performance.now() - startedMs);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
})();

console.log(machineLine());
const first = await backtest(80, null);
const { points, result } = first.view;
console.log(`first      ${first.ms.toFixed(0)} ms, ${points} points, ${result.kpis.alarms} alarms`);
for (const against of [null, 'saved'] as const) {
  const took: number[] = [];
  let last = first;
  for (let run = 0; run < RUNS; run++) {
    last = await backtest(70 + run / 2, against);
    if (!last.view.isFromMemory) throw new Error('the store was read again');
    took.push(last.ms);
  }
  const worst = Math.max(...took);
  const name = against === null ? 're-runs    ' : 'beside the saved file  ';
  console.log(
    `${name}${median(took).toFixed(0)} ms (median of ${RUNS}), worst ${worst.toFixed(0)} ms, ${last.kilobytes.toFixed(0)} KB`,
  );
}
isOver = true;
await asking;
others.sort((a, b) => a - b);
console.log(`meanwhile  ${median(others).toFixed(1)} ms another call, p99 ${percentile(others, 0.99).toFixed(1)} ms`);
