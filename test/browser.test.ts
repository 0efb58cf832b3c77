// The console's page in a real browser, on the real pipeline: an operator logs in, sees an alarm come, acknowledges it,
// watches it go, finds its value drawn as a trend, and reads why a payload was rejected.

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MqttClient } from 'mqtt';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pipeline, startPipeline } from './support/pipeline.ts';
import { findProgram } from './support/processes.ts';

const executablePath = findProgram('chromium');
const reason = executablePath === undefined ? 'chromium is not installed (apt-get install chromium)' : undefined;
if (reason !== undefined) process.stderr.write(`skipped: browser test: ${reason}\n`);

/** Chromium as root in a container, without its calls home. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A file of this name is refused, and the alarm that says so is named for it. */
const LONGEST_NAME = 'x'.repeat(64);
const TANK = 'plant/v1/lyon/tank-farm/tank-09/tele';

describe.skipIf(reason !== undefined)(`browser${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let pipeline: Pipeline;
  let device: MqttClient;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  const alarm = () => page.locator('[data-testid=alarm-row][data-rule=tank-temp-high][data-instance=tank-09]');

  beforeAll(async () => {
    pipeline = await startPipeline({
      rules: (folder) => {
        cpSync(path.join(import.meta.dirname, '../rules'), folder, { recursive: true });
        writeFileSync(path.join(folder, `${LONGEST_NAME}.json`), '{');
      },
    });
    device = await pipeline.client();
    browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: ARGS });
    page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      // The first look for a session answers 401 by design, and the browser reports it.
      if (message.type() === 'error' && !message.text().includes('401')) problems.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(pipeline.consoleUrl)) problems.push(`the page asked ${request.url()}`);
    });
  });
  afterAll(async () => {
    await browser?.close();
    await pipeline?.[Symbol.asyncDispose]();
  });

  it('refuses a wrong password and takes the generated one', async () => {
    await page.goto(pipeline.consoleUrl);
    await page.getByTestId('login-user').fill('operator');
    await page.getByTestId('login-password').fill('wrong');
    await page.getByTestId('login-form').locator('button[type=submit]').click();
    await page.getByTestId('login-form').getByRole('alert').waitFor();
    const password = readFileSync(path.join(pipeline.dataDir, 'secrets/operator-password'), 'utf8').trim();
    await page.getByTestId('login-password').fill(password);
    await page.getByTestId('login-form').locator('button[type=submit]').click();
    await page.locator('[data-testid=service-row][data-service=rules][data-status=up]').waitFor();
  });

  it('shows an alarm as it comes', async () => {
    const hot = setInterval(() => device.publish(TANK, '{"temperature": 95.5}', { qos: 1 }), 500);
    await alarm()
      .and(page.locator('[data-state=UNACK]'))
      .waitFor()
      .finally(() => clearInterval(hot));
    expect(await alarm().textContent()).toContain('tank-09 at 95.5 °C, limit 80 °C');
  });

  it('shows the latest value and draws its trend', async () => {
    const value = page.locator('[data-testid=value-row][data-device=tank-09][data-metric=temperature]');
    await value.filter({ hasText: '95.5' }).waitFor();
    await value.getByRole('button').first().click();
    await page.getByTestId('trend').locator('canvas').waitFor();
    await page.getByTestId('trend').and(page.locator('[data-series=temperature]')).waitFor();
  });

  it('shows why a payload was rejected', async () => {
    await device.publishAsync(TANK, '{"temprature": 20}', { qos: 1 });
    const rejected = page.getByTestId('reject-row').filter({ hasText: "did you mean 'temperature'?" });
    await rejected.first().waitFor();
  });

  it.each([
    ['shelve', 'SHLVD', /Shelved until .* left/, 'unshelve'],
    // An engineer's right alone: the rules service has read the console's signature.
    ['oos', 'OOSRV', /Out of service/, 'in-service'],
  ])("sets an alarm aside with '%s', and brings it back", async (op, overlay, words, undo) => {
    const isCounted = (n: number) =>
      page
        .getByTestId('count-high')
        .filter({ hasText: `High ${n}` })
        .waitFor();
    await page.getByTestId('alarm-filter').selectOption('open');
    await isCounted(1);
    await alarm().getByText('Details').click();
    await page.getByTestId(`${op}-button`).click();
    await alarm().waitFor({ state: 'detached' });
    await isCounted(0);
    await page.getByTestId('aside-note').getByRole('button').click();
    await alarm()
      .and(page.locator(`[data-overlay=${overlay}]`))
      .filter({ hasText: words })
      .waitFor();
    await alarm().getByTestId(`${undo}-button`).click();
    await page.getByTestId('alarms-empty').waitFor();
    await page.getByTestId('alarm-filter').selectOption('open');
    await alarm().and(page.locator('[data-state=UNACK]')).waitFor();
  });

  it('shows an alarm of the longest name beside its button, not under the next column', async () => {
    const row = page.locator(`[data-testid=alarm-row][data-instance=${LONGEST_NAME}]`);
    await row.getByTestId('ack-button').click();
    await row.and(page.locator('[data-state=ACKED]')).waitFor();
  });

  it('acknowledges, and the alarm leaves when it has returned', async () => {
    await alarm().getByTestId('ack-button').click();
    await alarm().and(page.locator('[data-state=ACKED]')).waitFor();
    await device.publishAsync(TANK, '{"temperature": 40}', { qos: 1 });
    await alarm().waitFor({ state: 'detached' });
  });

  it('shows a device text as text, whatever it holds', async () => {
    await device.publishAsync(
      'plant/v1/lyon/yard/gate/tele',
      JSON.stringify({ state: '<img src=x onerror=alert(1)>' }),
      { qos: 1 },
    );
    await page.locator('[data-testid=value-row][data-device=gate]').filter({ hasText: '<img src=x' }).waitFor();
  });

  it('stays live when the broker is killed and comes back', async () => {
    await pipeline.processes.get('broker')?.kill();
    await pipeline.restart('broker');
    const hot = setInterval(() => device.publish(TANK, '{"temperature": 97.5}', { qos: 1 }), 500);
    await alarm()
      .and(page.locator('[data-state=UNACK]'))
      .waitFor()
      .finally(() => clearInterval(hot));
  });

  it('had no error, and asked no other host', () => {
    expect(problems).toEqual([]);
  });
});
