// The pipeline page and the documentation of the API in a real browser, on the real pipeline: every service with live numbers, a
// writer that is killed and comes back, refusals with the way to them, and /docs under its policy.

import type { MqttClient } from 'mqtt';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  axeViolations,
  type ConsoleBrowser,
  goTo,
  NO_CHROMIUM,
  openConsoleBrowser,
} from '../support/console-browser.ts';

const TANK = 'plant/v1/lyon/tank-farm/tank-09/tele';
const SERVICES = ['broker', 'ingest', 'rules', 'writer', 'historian', 'console', 'watchdog'];
const TITLE = NO_CHROMIUM === undefined ? 'browser' : `browser (skipped: ${NO_CHROMIUM})`;

describe.skipIf(NO_CHROMIUM !== undefined)(TITLE, () => {
  let console: ConsoleBrowser;
  let device: MqttClient;
  let page: Page;
  let sending: ReturnType<typeof setInterval>;
  const station = (name: string) => page.locator(`[data-testid=station][data-station=${name}]`);
  const service = (name: string) => page.locator(`[data-testid=pipeline-service][data-service=${name}]`);
  const fault = (name: string) => page.locator(`[data-testid=pipeline-fault][data-fault="${name}"]`);
  const known = (id: string) => page.locator(`[data-testid=pipeline-number][data-number=${id}][data-known=true]`);
  const isWider = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

  beforeAll(async () => {
    console = await openConsoleBrowser({
      services: ['ingest', 'rules', 'writer', 'console', 'watchdog'],
      env: { PENSTOCK_NUMBERS_INTERVAL: '1s' },
    });
    device = await console.pipeline.client();
    sending = setInterval(() => device.publish(TANK, '{"temperature": 21.5}', { qos: 1 }), 100);
    page = await console.visit('vera');
    await goTo(page, 'pipeline');
  });
  afterAll(async () => {
    clearInterval(sending);
    await console?.[Symbol.asyncDispose]();
  });

  it('shows every service up, with its version', async () => {
    for (const name of SERVICES) {
      await service(name).and(page.locator('[data-status=up]')).waitFor();
      expect(await service(name).textContent()).toMatch(/\d+\.\d+\.\d+/);
    }
    for (const name of ['broker', 'ingest', 'rules', 'writer', 'store', 'console'])
      await station(name).and(page.locator('[data-state=up]')).waitFor();
  });

  it('shows what passes, on the arrows and in words', async () => {
    for (const id of ['messages', 'points', 'judged', 'stored', 'lag', 'written']) await known(id).waitFor();
    const points = page.locator('[data-flow=ingest-points] [data-number=points]');
    // Ten messages a second come from here, and the numbers of seven services.
    await points.filter({ hasText: /^[1-9]\d+\/s/ }).waitFor();
    await known('stored').locator('svg path').waitFor();
  });

  it('says that nothing is wrong, and nothing is wrong with the page', async () => {
    await page.locator('[data-testid=pipeline-faults][data-count="0"]').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it.each([390, 1024, 1920])('fits a screen of %i px', async (width) => {
    await page.setViewportSize({ width, height: 900 });
    await page.locator(`svg.drawing.${width < 1001 ? 'tall' : 'wide'}`).waitFor();
    expect(await isWider()).toBe(false);
    await page.setViewportSize({ width: 1280, height: 1600 });
  });

  it('says in words that the writer is gone and what that means, and that it is back', async () => {
    const writer = console.pipeline.processes.get('writer')?.child;
    writer?.kill('SIGKILL');
    await fault('not-up writer').filter({ hasText: 'writer is down' }).waitFor({ timeout: 10_000 });
    expect(await fault('not-up writer').textContent()).toContain('Nothing is stored');
    await station('writer').and(page.locator('[data-state=down]')).filter({ hasText: 'DOWN' }).waitFor();
    // What it said last is no number of now.
    await page.locator('[data-testid=pipeline-number][data-number=stored][data-known=false]').waitFor();
    expect(await page.locator('[data-flow=writer-store] [data-number=stored]').textContent()).toContain('not known');
    expect(await axeViolations(page)).toEqual([]);
    await console.pipeline.restart('writer');
    await station('writer').and(page.locator('[data-state=up]')).waitFor();
    await known('stored').waitFor();
    await fault('not-up writer').waitFor({ state: 'detached' });
  });

  it('leads from what ingest refuses to where one sees it', async () => {
    const refused = setInterval(() => device.publish(TANK, 'no JSON', { qos: 1 }), 100);
    try {
      await fault('number refused').getByRole('link').click();
    } finally {
      clearInterval(refused);
    }
    await page.locator('main[data-page=rejects]').waitFor();
    await goTo(page, 'pipeline');
  });

  it('tells a program the same', async () => {
    const health = await page.evaluate(async () => await (await fetch('api/health')).json());
    expect(health.services.map(({ device: name }: { device: string }) => name)).toEqual([...SERVICES].sort());
    for (const { status, numbersAgeMs } of health.services) {
      expect(status).toBe('up');
      expect(numbersAgeMs).toBeLessThan(10_000);
    }
  });

  it('documents its API under a policy that nothing breaks, for who is logged in', async () => {
    const docs = await page.context().newPage();
    const broken: string[] = [];
    docs.on('console', (message) => broken.push(message.text()));
    docs.on('pageerror', (error) => broken.push(String(error)));
    docs.on('request', (request) => {
      if (!request.url().startsWith(console.pipeline.consoleUrl)) broken.push(request.url());
    });
    await docs.goto(`${console.pipeline.consoleUrl}/${await page.locator('a[href^=docs]').getAttribute('href')}`);
    const operation = docs.locator('.opblock').filter({ hasText: '/api/health' });
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation.locator('.live-responses-table .response').filter({ hasText: '"isWell"' }).waitFor();
    expect(await docs.locator('.opblock').count()).toBeGreaterThan(14);
    expect(broken).toEqual([]);
    await docs.close();
  });

  it('had no error in any page, and asked no other host', () => {
    expect(console.problems).toEqual([]);
  });
});
