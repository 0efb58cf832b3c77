// What all pages of the console share, in a real browser: the strip at the top, the looks, the way past the navigation.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations, type ConsoleBrowser, NO_CHROMIUM, openConsoleBrowser } from '../support/console-browser.ts';

const TITLE = NO_CHROMIUM === undefined ? 'browser' : `browser (skipped: ${NO_CHROMIUM})`;

describe.skipIf(NO_CHROMIUM !== undefined)(TITLE, () => {
  let console: ConsoleBrowser;

  beforeAll(async () => {
    console = await openConsoleBrowser();
  });
  afterAll(() => console?.[Symbol.asyncDispose]());

  it.each([
    ['light', 'rgb(27, 30, 33)', 'rgb(211, 214, 217)'],
    ['dark', 'rgb(232, 234, 236)', 'rgb(28, 31, 34)'],
    ['contrast', 'rgb(0, 0, 0)', 'rgb(255, 255, 255)'],
  ])('the look %s is taken, kept, and readable to axe-core', async (look, ink, ground) => {
    const page = await console.visit('vera');
    const colours = () =>
      page.evaluate(() => {
        const { color, backgroundColor } = getComputedStyle(document.body);
        return [color, backgroundColor];
      });
    await page.getByTestId('look').selectOption(look);
    expect(await colours()).toEqual([ink, ground]);
    await page.reload();
    await page.getByTestId('look').waitFor();
    expect(await colours()).toEqual([ink, ground]);
    expect(await axeViolations(page)).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['night', { colorScheme: 'dark' }, 'rgb(28, 31, 34)'],
    ['strong contrast', { contrast: 'more', colorScheme: 'dark' }, 'rgb(0, 0, 0)'],
  ] as const)("follows the system's wish for %s", async (_, wish, ground) => {
    const page = await console.visit('vera', wish);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(ground);
    await page.context().close();
  });

  it('the keyboard goes past the navigation in one step, and to every page', async () => {
    const page = await console.visit('vera');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('main:focus').waitFor();
    for (const name of ['trends', 'devices', 'rules', 'rejects', 'pipeline', 'alarms']) {
      await page.getByTestId(`nav-${name}`).focus();
      await page.keyboard.press('Enter');
      await page.locator(`main[data-page=${name}]`).waitFor();
      await page.locator(`[data-testid=nav-${name}][aria-current=page]`).waitFor();
    }
    await page.context().close();
  });

  it('an address leads to its page after the login, and a wrong one to the alarms', async () => {
    const page = await console.visit('vera');
    await page.goto(`${console.pipeline.consoleUrl}#/devices`);
    await page.locator('main[data-page=devices]').waitFor();
    await page.goto(`${console.pipeline.consoleUrl}#/nowhere/at/all`);
    await page.locator('main[data-page=alarms]').waitFor();
    await page.goBack();
    await page.locator('main[data-page=devices]').waitFor();
    await page.context().close();
  });

  it('says so where a part of the page cannot be loaded, and loads it when it can', async () => {
    const page = await console.visit('vera');
    await page.route('**/assets/pipeline-page*', (route) => route.abort());
    await page.getByTestId('nav-pipeline').click();
    await page.getByText('could not be loaded').waitFor();
    await page.unroute('**/assets/pipeline-page*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('could not be loaded').waitFor({ state: 'detached' });
    await page.locator('main h2').first().waitFor();
    await page.context().close();
  });

  it('is painted first from less than 60 KB over the wire, alarms included', async () => {
    const page = await console.visit('vera');
    await page.reload();
    await page.locator('[data-testid=connection][data-state=live]').waitFor();
    const sizes = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.includes('/assets/'))
        .map((entry) => ({ name: entry.name, bytes: (entry as PerformanceResourceTiming).encodedBodySize })),
    );
    const bytes = sizes.reduce((sum, each) => sum + each.bytes, 0);
    expect(sizes.some(({ name }) => name.endsWith('.js'))).toBe(true);
    expect(bytes, JSON.stringify(sizes)).toBeLessThan(60 * 1_024);
    await page.context().close();
  });

  it('had no error, and asked no other host', () => {
    expect(console.problems.filter((problem) => !problem.includes('ERR_FAILED'))).toEqual([]);
  });
});
