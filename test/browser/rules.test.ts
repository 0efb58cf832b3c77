// The rule workbench in a real browser, on the real pipeline: an engineer opens a rule, breaks it and reads why at its place, changes
// a limit and sees what it would have done, runs the tests, saves, and the plant is judged by it; two engineers meet; others
// only read.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MqttClient } from 'mqtt';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  axeViolations,
  type ConsoleBrowser,
  goTo,
  NO_CHROMIUM,
  openConsoleBrowser,
  type Visitor,
} from '../support/console-browser.ts';

const RULE = 'tank-temp-high.json';
const TANK = 'plant/v1/lyon/tank-farm/tank-09/tele';
const HOSTILE = `<img src=x onerror=document.title=1>\u202e${'x'.repeat(120)}`;
/** In the hour behind us: two minutes up to 84 and two minutes up to 95, else 60. */
const PAST = {
  stepMs: 5_000,
  steps: 700,
  peaks: [
    { at: 200, value: 84 },
    { at: 500, value: 95 },
  ],
  length: 24,
};

const TITLE = NO_CHROMIUM === undefined ? 'rule workbench' : `rule workbench (skipped: ${NO_CHROMIUM})`;

describe.skipIf(NO_CHROMIUM !== undefined)(TITLE, () => {
  let console: ConsoleBrowser;
  let device: MqttClient;
  let page: Page;
  const fileOf = (name: string) => path.join(console.pipeline.dataDir, '../rules', name);
  const editorOn = (other: Page, name = 'rule') =>
    other.locator(`[data-testid=${name}-editor][data-ready=true] .cm-content`);
  const editor = () => editorOn(page);
  const check = (other: Page, state = 'checked') => other.locator(`[data-testid=check][data-state=${state}]`);
  const finding = (other: Page, code: string) => other.locator(`[data-testid=finding][data-code=${code}]`);
  const isTried = (other: Page) => other.locator('[data-testid=trial-status][data-fresh=true]').waitFor();
  const episodes = (n: number) => page.locator(`[data-testid=episodes][data-count="${n}"]`).waitFor();

  const openRule = async (user: Visitor, file = RULE) => {
    const other = await console.visit(user);
    await goTo(other, 'rules');
    await other.locator(`[data-testid=rule-row][data-file="${file}"]`).getByRole('link').first().click();
    await editorOn(other).waitFor();
    return other;
  };
  /** As a person does it: a word is marked with two clicks, and typed over. */
  const typeOver = async (other: Page, word: string, typed: string) => {
    await editorOn(other).getByText(word, { exact: true }).first().dblclick();
    await other.keyboard.type(typed);
  };
  const save = async (other: Page) => {
    await other.getByTestId('save').click();
    await other.getByTestId('save-confirm').click();
    await other.locator('[data-testid=saved][data-outcome=taken]').waitFor();
  };

  beforeAll(async () => {
    console = await openConsoleBrowser();
    writeFileSync(
      fileOf('hostile.json'),
      JSON.stringify({
        id: 'hostile',
        name: HOSTILE,
        inputs: { t: 'temperature' },
        condition: { '>': [{ var: 't' }, 990] },
      }),
    );
    device = await console.pipeline.client();
    await writePast(console.pipeline.storeUrl);
    page = await console.visit('eva');
  });
  afterAll(() => console?.[Symbol.asyncDispose]());

  it('lists the rules with what runs of them, and finds one', async () => {
    await goTo(page, 'rules');
    const row = page.locator(`[data-testid=rule-row][data-file="${RULE}"]`);
    await row
      .filter({ hasText: 'Tank temperature high' })
      .filter({ hasText: 'active' })
      .filter({ hasText: 'High' })
      .waitFor();
    await page.locator('[data-testid=rule-row] [data-mode=shadow]').first().waitFor();
    await page.getByTestId('rule-search').fill('temperature high');
    await row.waitFor();
    expect(await page.getByTestId('rule-row').count()).toBe(1);
    await page.getByTestId('rule-search').fill('no such rule');
    await page.getByTestId('rules-empty').waitFor();
    await page.getByTestId('rule-search').fill('');
    expect(await axeViolations(page)).toEqual([]);
  });

  it('shows a rule, and what it would have done in the last hour', async () => {
    await page.locator(`[data-testid=rule-row][data-file="${RULE}"]`).getByRole('link').first().click();
    await editor().filter({ hasText: '"tank-temp-high"' }).waitFor();
    await check(page).filter({ hasText: 'No finding' }).waitFor();
    await episodes(2);
    await page.getByTestId('instance').selectOption({ label: 'tank-09' });
    await page.locator('[data-testid=trial-chart][data-alarm$="/tank-09"]').waitFor();
    await isTried(page);
    const lane = page.getByTestId('lane').first();
    expect(await lane.locator('[data-state=UNACK]').count()).toBe(2);
    expect(await lane.locator('[data-state=RTNUN]').count()).toBeGreaterThan(0);
    await page.locator('.input-plot canvas').waitFor();
    await page.locator('[data-number=alarms]').filter({ hasText: '2' }).waitFor();
    await page.locator('[data-testid=difference][data-same=true]').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('says what is wrong at its place, and mends it with a button', async () => {
    await typeOver(page, '"deadband"', 'deadbnad');
    await finding(page, 'SCHEMA').filter({ hasText: 'deadbnad' }).filter({ hasText: 'did you mean' }).waitFor();
    expect(await editor().locator('.cm-lintRange-error').first().textContent()).toContain('deadbnad');
    const line = await editor().locator('.cm-line').allTextContents();
    await finding(page, 'SCHEMA')
      .getByRole('button', { name: `Line ${line.findIndex((text) => text.includes('deadbnad')) + 1}` })
      .waitFor();
    await page.getByTestId('trial').filter({ hasText: 'The text has an error' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await editor().locator('.cm-lintRange-error').first().hover();
    await page.locator('.cm-diagnosticAction').click();
    await check(page).filter({ hasText: 'No finding' }).waitFor();
    expect(await editor().textContent()).toContain('"deadband"');
    await page.getByTestId('unsaved').filter({ hasText: 'changed' }).waitFor({ state: 'detached' });
  });

  it('completes from the schema, and explains a field', async () => {
    await editor().getByText('"ackRequired"', { exact: true }).hover();
    await page.locator('.cm-help').filter({ hasText: 'Returned and not acknowledged stays RTNUN.' }).waitFor();
    await editor().getByText('"high"', { exact: true }).dblclick();
    await page.keyboard.press('Control+Space');
    await page.locator('.cm-tooltip-autocomplete').getByRole('option').filter({ hasText: 'critical' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('lets the keyboard out of the editor', async () => {
    await editor().focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await editor().evaluate((content) => (content.getRootNode() as ShadowRoot).activeElement === content)).toBe(
      false,
    );
  });

  it('shows at once what another limit would have done, against the saved rule', async () => {
    await typeOver(page, '80', '88');
    await episodes(1);
    await isTried(page);
    await page.locator('[data-testid=episode][data-than=removed]').waitFor();
    await page.locator('[data-testid=difference][data-same=false]').filter({ hasText: '1 fewer' }).waitFor();
    await page.locator('[data-number=alarms]').filter({ hasText: 'saved: 2' }).waitFor();
    const lanes = page.getByTestId('lane');
    expect(await lanes.nth(0).locator('[data-state=UNACK]').count()).toBe(1);
    expect(await lanes.nth(1).locator('[data-state=UNACK]').count()).toBe(2);
  });

  it('runs the tests, with what came instead beside the line', async () => {
    await page.getByTestId('run-tests').click();
    await page.locator('[data-testid=test-view]:not([data-failed="0"])').waitFor();
    const tests = editorOn(page, 'test');
    await tests.locator('.cm-note-fail').filter({ hasText: 'PENDING' }).first().waitFor();
    await tests.locator('.cm-note-pass').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('keeps what was typed while another page is looked at', async () => {
    await goTo(page, 'alarms');
    await page.goBack();
    await editor().filter({ hasText: '88' }).waitFor();
    await page.getByTestId('unsaved').filter({ hasText: 'changed' }).waitFor();
  });

  it('asks before it lets what was typed go, and gives it as a file', async () => {
    const asked = page.waitForEvent('dialog');
    await page.evaluate(() => setTimeout(() => location.reload()));
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    const download = page.waitForEvent('download');
    await page.getByTestId('download').click();
    expect((await download).suggestedFilename()).toBe(RULE);
    expect(readFileSync(await (await download).path(), 'utf8')).toContain('"default": 88');
  });

  it('tests again by itself when the text changes', async () => {
    await page.getByTestId('run-tests').click();
    await page.locator('[data-testid=test-view]:not([data-failed="0"])').waitFor();
    await page.getByTestId('tab-rule').click();
    await typeOver(page, '88', '80');
    await page.locator('[data-testid=test-view][data-failed="0"]').waitFor();
    await page.getByTestId('coverage').waitFor();
  });

  it('saves with the difference shown, and the plant is judged by the new limit', async () => {
    await typeOver(page, '80', '45');
    await check(page)
      .filter({ hasText: /found|finding|warning/i })
      .waitFor();
    await page.getByTestId('save').click();
    await page.getByTestId('save-meaning').filter({ hasText: 'limit 80 → 45' }).waitFor();
    const diff = page.getByTestId('line-diff');
    expect(await diff.locator('[data-kind=removed]').textContent()).toContain('80');
    expect(await diff.locator('[data-kind=added]').textContent()).toContain('45');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByTestId('save-confirm').click();
    await page.locator('[data-testid=saved][data-outcome=taken]').waitFor();
    expect(readFileSync(fileOf(RULE), 'utf8')).toContain('"default": 45');
    await goTo(page, 'alarms');
    const warm = setInterval(() => device.publish(TANK, '{"temperature": 50}', { qos: 1 }), 500);
    await page
      .locator('[data-testid=alarm-row][data-rule=tank-temp-high][data-instance=tank-09]')
      .filter({ hasText: 'limit 45' })
      .first()
      .waitFor()
      .finally(() => clearInterval(warm));
  });

  it('puts a rule into shadow, and it calls nobody any more', async () => {
    const other = await openRule('eva');
    await other.getByTestId('mode-shadow').click();
    await editorOn(other).filter({ hasText: '"mode": "shadow"' }).waitFor();
    await save(other);
    await other.getByTestId('running').filter({ hasText: 'shadow' }).waitFor();
    await goTo(other, 'alarms');
    await other
      .locator('[data-testid=alarm-row][data-rule=tank-temp-high][data-instance=tank-09]')
      .waitFor({ state: 'detached' });
    await other.context().close();
  });

  it('shows whose text came between, and writes over nobody', async () => {
    const mine = await openRule('eva');
    const theirs = await openRule('ada');
    await typeOver(theirs, '45', '46');
    await save(theirs);
    await typeOver(mine, '45', '47');
    await mine.getByTestId('save').click();
    await mine.getByTestId('save-confirm').click();
    const conflict = mine.getByTestId('conflict');
    await conflict.filter({ hasText: 'Somebody else has saved' }).waitFor();
    expect(await conflict.locator('[data-kind=removed]').textContent()).toContain('46');
    expect(readFileSync(fileOf(RULE), 'utf8')).toContain('46');
    expect(await axeViolations(mine)).toEqual([]);
    await mine.getByTestId('keep-mine').click();
    await mine.getByTestId('save-meaning').filter({ hasText: 'limit 46 → 47' }).waitFor();
    await mine.getByTestId('save-confirm').click();
    await mine.locator('[data-testid=saved][data-outcome=taken]').waitFor();
    expect(readFileSync(fileOf(RULE), 'utf8')).toContain('47');
    await theirs.context().close();
    await mine.context().close();
  });

  it('begins a new rule whose tests pass, and saves it', async () => {
    await goTo(page, 'rules');
    await page.getByTestId('new-rule').click();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByTestId('new-rule-id').fill('tank-temp-high');
    await page.getByTestId('new-rule-metric').fill('temperature');
    await page.getByTestId('new-rule-limit').fill('70');
    await page.getByTestId('new-rule-deadband').fill('2');
    await page.getByTestId('new-rule-begin').click();
    await page.getByRole('alert').filter({ hasText: 'is there already' }).waitFor();
    await page.getByTestId('new-rule-id').fill('very-hot');
    await page.getByTestId('new-rule-begin').click();
    await editor().filter({ hasText: '"very-hot"' }).waitFor();
    await page.getByTestId('run-tests').click();
    await page.locator('[data-testid=test-view][data-failed="0"][data-passed="2"]').waitFor();
    await save(page);
    await goTo(page, 'rules');
    await page
      .locator('[data-testid=rule-row][data-file="very-hot.json"]')
      .filter({ hasText: 'Temperature high' })
      .waitFor();
  });

  it.each(['vera', 'olaf'] as const)('lets %s read a rule, and nothing more', async (user) => {
    const other = await openRule(user);
    await editorOn(other).filter({ hasText: '"tank-temp-high"' }).waitFor();
    const before = await editorOn(other).textContent();
    await typeOver(other, '47', '1');
    expect(await editorOn(other).textContent()).toBe(before);
    for (const id of ['save', 'run-tests', 'mode-shadow', 'new-rule', 'try-again'])
      expect(await other.getByTestId(id).count()).toBe(0);
    const answers = await other.evaluate(async () => {
      const post = (route: string, more: object) =>
        fetch(`api/rules/${route}`, {
          method: route === 'file' ? 'PUT' : 'POST',
          headers: { 'content-type': 'application/json', 'x-penstock-page': '1', 'if-none-match': '*' },
          body: JSON.stringify({ file: 'x.json', text: '{}', ...more }),
        }).then(({ status }) => status);
      return [
        await post('check', {}),
        await post('test', {}),
        await post('backtest', { from: 0, to: 1, against: null }),
        await post('file', {}),
      ];
    });
    expect(answers).toEqual([403, 403, 403, 403]);
    expect(await axeViolations(other)).toEqual([]);
    await other.context().close();
  });

  it('shows a hostile name as the text it is, on a phone too', async () => {
    const other = await console.visit('eva', { viewport: { width: 390, height: 844 } });
    const overhang = () => other.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await goTo(other, 'rules');
    const row = other.locator('[data-testid=rule-row][data-file="hostile.json"]');
    await row.filter({ hasText: '<img src=x' }).waitFor();
    expect(await overhang()).toBeLessThanOrEqual(0);
    await row.getByRole('link').first().click();
    await editorOn(other).filter({ hasText: '<img src=x' }).waitFor();
    await isTried(other);
    expect(await overhang()).toBeLessThanOrEqual(0);
    await other.goto(`${console.pipeline.consoleUrl}/#/rules/${encodeURIComponent('<img src=x onerror=alert(1)>')}`);
    await other.getByRole('alert').filter({ hasText: 'cannot be shown' }).waitFor();
    expect(await other.locator('main img').count()).toBe(0);
    expect(await other.title()).toMatch(/<img src=x onerror=alert\(1\)> – Rules – Penstock$/);
    await other.context().close();
  });

  it('had no error, broke no rule of the content security policy, and asked no other host', () => {
    // What the conflict and the hostile name provoke.
    expect(console.problems.filter((text) => !/^Failed to load resource: .*(400|404|412)/.test(text))).toEqual([]);
  });
});

/** Straight into the store: an hour cannot be waited for. */
async function writePast(storeUrl: string): Promise<void> {
  const { stepMs, steps, peaks, length } = PAST;
  const end = Date.now() - 10_000;
  const valueAt = (i: number) => peaks.find(({ at }) => i >= at && i < at + length)?.value ?? 60;
  const lines = Array.from({ length: steps }, (_, i) => {
    const at = end - (steps - i) * stepMs;
    return `reading,area=tank-farm,device=tank-09,metric=temperature,site=lyon value=${valueAt(i)} ${at}`;
  });
  const answer = await fetch(`${storeUrl}/write?db=plant&precision=ms`, { method: 'POST', body: lines.join('\n') });
  if (!answer.ok) throw new Error(`the store takes no history: ${await answer.text()}`);
}
