// The console's pages as README shows them: the whole pipeline with its simulated plant, photographed in three widths.
//   node test/screenshots.ts [name ...]
// Not a test: nobody compares pictures. It is run when a page has changed, and what it makes is looked at.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { NO_CHROMIUM, openConsoleBrowser } from './support/console-browser.ts';
import { ROOT, run, until } from './support/processes.ts';

const FOLDER = path.join(ROOT, 'services/console/screenshots');
/** A phone, a tablet, a desk. */
const SIZES = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1920, height: 1080 },
] as const;
/** Of WebP: text stays sharp, and a page takes some 60 KB. */
const QUALITY = 75;
/** By then the simulated plant has shown what it has: an alarm that comes and goes, a silent sensor, a refused payload, a command. */
const PLANT_MS = 240_000;
/** Charts come in a moment; what moves is still by then. */
const SETTLED_MS = 2_000;

type Shot = { readonly name: string; readonly hash: string; readonly shows: string };

const TANK = 'lyon/tank-farm/tank-01';
const SHOTS: readonly Shot[] = [
  { name: 'alarms', hash: '#/alarms', shows: '[data-testid=alarm-row]' },
  { name: 'alarm', hash: `#/alarms/lyon/tank-farm/tank-temp-high/tank-01`, shows: '[data-testid=alarm-panel]' },
  {
    name: 'trends',
    hash: `#/trends?s=${TANK}/temperature&s=lyon/tank-farm/tank-02/level&last=15m`,
    shows: '[data-testid=trend-chart] canvas',
  },
  { name: 'devices', hash: '#/devices', shows: '[data-testid=device-row]' },
  { name: 'device', hash: `#/devices/${TANK}?show=tail`, shows: '[data-testid=tail-group]' },
  { name: 'rules', hash: '#/rules', shows: '[data-testid=rule-row]' },
  { name: 'rule', hash: '#/rules/tank-temp-high.json', shows: '[data-testid=trial-chart] canvas' },
  { name: 'rejects', hash: '#/rejects', shows: '[data-testid=reject-group]' },
  { name: 'pipeline', hash: '#/pipeline', shows: '[data-testid=pipeline-drawing]' },
];

if (NO_CHROMIUM !== undefined) {
  process.stderr.write(`no pictures: ${NO_CHROMIUM}\n`);
  process.exit(1);
}
const names = process.argv.slice(2);
const wanted = SHOTS.filter(({ name }) => names.length === 0 || names.includes(name));
mkdirSync(FOLDER, { recursive: true });
await using opened = await openConsoleBrowser({
  services: ['ingest', 'rules', 'writer', 'console', 'watchdog'],
  env: { PENSTOCK_NUMBERS_INTERVAL: '5s' },
});
const { pipeline } = opened;
const settings = { PENSTOCK_BROKER_PORT: String(pipeline.brokerPort), PENSTOCK_DATA: pipeline.dataDir };
const program = path.join(ROOT, 'services/cli/main.ts');
await using simulator = run(process.execPath, [program, 'simulate'], { ...settings, PENSTOCK_SUPERVISED: '1' });
const startedAt = performance.now();
await until(
  'the plant to have shown what it has',
  () => {
    if (simulator.child.exitCode !== null) throw new Error(simulator.output());
    return performance.now() - startedAt > PLANT_MS ? true : undefined;
  },
  2 * PLANT_MS,
);
const page = await opened.visit('eva');
for (const shot of wanted) await take(page, shot);
for (const problem of opened.problems) process.stderr.write(`${problem}\n`);

async function take(page: Page, { name, hash, shows }: Shot): Promise<void> {
  const debuggee = await page.context().newCDPSession(page);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.goto(`${pipeline.consoleUrl}/${hash}`);
    await page.locator(shows).first().waitFor();
    await page.waitForTimeout(SETTLED_MS);
    const { data } = await debuggee.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
    const file = path.join(FOLDER, `${name}-${size.width}.webp`);
    writeFileSync(file, Buffer.from(data, 'base64'));
    process.stdout.write(`${path.relative(ROOT, file)}\n`);
  }
  await debuggee.detach();
}
