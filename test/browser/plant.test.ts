// The console's page in a real browser, on the real pipeline: an engineer logs in, sees an alarm come, acknowledges it,
// watches it go, finds its value drawn as a trend, reads why a payload was rejected and sends it again; a
// viewer and an operator see no more than they may do.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { MqttClient } from 'mqtt';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePrivateFile } from '#runtime/access/private-file.ts';
import {
  axeViolations,
  type ConsoleBrowser,
  goTo,
  logIn,
  NO_CHROMIUM,
  openConsoleBrowser,
} from '../support/console-browser.ts';

const TANK = 'plant/v1/lyon/tank-farm/tank-09/tele';

const TITLE = NO_CHROMIUM === undefined ? 'browser' : `browser (skipped: ${NO_CHROMIUM})`;

describe.skipIf(NO_CHROMIUM !== undefined)(TITLE, () => {
  let console: ConsoleBrowser;
  let device: MqttClient;
  let page: Page;
  const alarmOn = (other: Page) =>
    other.locator('[data-testid=alarm-row][data-rule=tank-temp-high][data-instance=tank-09]');
  const alarm = () => alarmOn(page);

  beforeAll(async () => {
    console = await openConsoleBrowser();
    device = await console.pipeline.client();
    page = await console.open();
  });
  afterAll(() => console?.[Symbol.asyncDispose]());

  it('refuses a wrong password, takes the right one, and shows who is logged in', async () => {
    await logIn(page, 'eva', 'wrong');
    await page.getByTestId('login-form').getByRole('alert').filter({ hasText: 'wrong' }).waitFor();
    await logIn(page, 'eva');
    await page.locator('[data-testid=service-row][data-service=rules][data-status=up]').waitFor();
    await page.locator('[data-testid=user][data-role=engineer]').filter({ hasText: 'eva' }).waitFor();
  });

  it('shows an alarm as it comes', async () => {
    const hot = setInterval(() => device.publish(TANK, '{"temperature": 95.5}', { qos: 1 }), 500);
    await alarm()
      .and(page.locator('[data-state=UNACK]'))
      .waitFor()
      .finally(() => clearInterval(hot));
    expect(await alarm().textContent()).toContain('tank-09 at 95.5 °C, limit 80 °C');
  });

  it.each([
    ['is taken away', 'vera', { ada: 'admin', eva: 'engineer', olaf: 'operator' }],
    ['has another role', 'olaf', { ada: 'admin', eva: 'engineer', olaf: 'viewer', vera: 'viewer' }],
  ] as const)('asks whose login %s to log in anew, while the page is open', async (_, user, people) => {
    const other = await console.visit(user);
    // Everybody else's row is as before: a new hash of the same password is another login.
    const file = path.join(console.pipeline.dataDir, 'access/users.json');
    const before = readFileSync(file, 'utf8');
    const { users } = JSON.parse(before);
    const rows = Object.entries(people).map(([name, role]) => [name, { ...users[name], role }]);
    await writePrivateFile(file, JSON.stringify({ users: Object.fromEntries(rows) }));
    await other.getByTestId('login-form').waitFor();
    await writePrivateFile(file, before);
    await other.context().close();
  });

  it('shows a name that is a script as the text it is', async () => {
    const other = await console.visit('ada');
    const hostile = '<img src=x onerror=document.title=1>';
    await other.route('**/api/session', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), user: hostile } });
    });
    await other.reload();
    await other.getByTestId('user').filter({ hasText: hostile }).waitFor();
    expect(await other.locator('img').count()).toBe(0);
    expect(await other.title()).toMatch(/Alarms – Penstock$/);
    await other.context().close();
  });

  it('shows the latest value and draws its trend', async () => {
    await goTo(page, 'trends');
    const value = page.locator('[data-testid=value-row][data-device=tank-09][data-metric=temperature]');
    await value.filter({ hasText: '95.5' }).waitFor();
    await value.getByRole('button').first().click();
    await page.getByTestId('trend').locator('canvas').waitFor();
    await page.locator('[data-testid=legend-entry][data-series="lyon/tank-farm/tank-09/temperature"]').waitFor();
  });

  const refusedOn = (other: Page) =>
    other.locator('[data-testid=reject-group][data-reason=metric]').filter({ hasText: "did you mean 'temperature'?" });

  it('shows why a payload was rejected, without being asked again, with the place in it', async () => {
    await goTo(page, 'rejects');
    await device.publishAsync(TANK, '{"level": 1, "temprature": 20}', { qos: 1 });
    await refusedOn(page).filter({ hasText: 'one message' }).waitFor();
    await refusedOn(page).locator('summary').press('Enter');
    await refusedOn(page).getByTestId('reject-excerpt').waitFor();
    expect(await refusedOn(page).locator('mark').textContent()).toContain('"temprature": 20');
    await page.getByTestId('reject-search').fill('temprature metric');
    await refusedOn(page).waitFor();
    await page.getByTestId('reject-search').fill('no such words');
    await page.getByTestId('rejects-empty').waitFor();
    await page.getByTestId('reject-search').fill('');
  });

  it('tells an engineer what a replay would send, and sends it; what is refused again comes back', async () => {
    const row = refusedOn(page);
    const state = (is: string) => row.locator(`[data-testid=replay-state][data-state=${is}]`);
    await row.getByTestId('replay-button').press('Enter');
    await state('asked')
      .filter({ hasText: 'One message' })
      .filter({ hasText: `1 on ${TANK}` })
      .waitFor();
    await row.getByRole('button', { name: 'Cancel' }).press('Enter');
    await state('idle').waitFor({ state: 'attached' });
    await row.getByTestId('replay-button').press('Enter');
    await row.getByTestId('replay-confirm').press('Enter');
    await page.getByTestId('replayed').filter({ hasText: 'One message was sent again.' }).waitFor();
    await row.filter({ hasText: '2 messages, 1 of them sent again' }).waitFor();
  });

  it('shows a viewer and an operator what was refused, and no replay', async () => {
    for (const user of ['vera', 'olaf'] as const) {
      const other = await console.visit(user);
      await goTo(other, 'rejects');
      await refusedOn(other).waitFor();
      expect(await other.getByTestId('replay-button').count()).toBe(0);
      await other.context().close();
    }
  });

  it('fits on a phone', async () => {
    const other = await console.visit('ada');
    await other.setViewportSize({ width: 390, height: 844 });
    const overhang = () => other.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await alarmOn(other).waitFor();
    expect(await overhang()).toBeLessThanOrEqual(0);
    await goTo(other, 'rejects');
    await refusedOn(other).locator('summary').click();
    await refusedOn(other).getByTestId('replay-button').click();
    await refusedOn(other).getByTestId('replay-confirm').waitFor();
    expect(await overhang()).toBeLessThanOrEqual(0);
    await other.context().close();
  });

  it('acknowledges, and the alarm leaves when it has returned', async () => {
    await goTo(page, 'alarms');
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
    await goTo(page, 'trends');
    await page.locator('[data-testid=value-row][data-device=gate]').filter({ hasText: '<img src=x' }).waitFor();
  });

  it('stays live when the broker is killed and comes back', async () => {
    await goTo(page, 'alarms');
    await console.pipeline.processes.get('broker')?.kill();
    await console.pipeline.restart('broker');
    const hot = setInterval(() => device.publish(TANK, '{"temperature": 97.5}', { qos: 1 }), 500);
    await alarm()
      .and(page.locator('[data-state=UNACK]'))
      .waitFor()
      .finally(() => clearInterval(hot));
  });

  it.each(['alarms', 'trends', 'rules', 'rejects', 'pipeline'])(
    'axe-core finds nothing on the page of %s',
    async (name) => {
      await goTo(page, name);
      expect(await axeViolations(page)).toEqual([]);
    },
  );

  it('had no error, and asked no other host', () => {
    expect(console.problems).toEqual([]);
  });
});
