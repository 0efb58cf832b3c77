// The trends page in a real browser, on the real pipeline with either store: somebody finds series, sees them drawn with all that is
// known of them, moves in time, shares the address and takes the numbers along. What is drawn on the canvas is looked for where the
// page says the same in words: the legend, the strips below the picture, the table.

import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
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
} from '../support/console-browser.ts';
import { missingPart, type StoreKind } from '../support/pipeline.ts';
import { until } from '../support/processes.ts';

const KILN = 'lyon/yard/kiln';
const TELE = `plant/v1/${KILN}/tele`;
const HOSTILE = `=cmd|'/c calc'!A1 <img src=x onerror=alert(1)>\u202eevil ${'x'.repeat(10_000)}`;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const MODEL = {
  model: 'kiln',
  metrics: {
    temperature: { unit: 'Cel', interval: '5s' },
    pressure: { unit: 'bar', interval: '5s' },
    burner: { type: 'boolean', interval: '10m' },
    mode: { type: 'text', interval: '10m' },
  },
};
const DEVICES = { site: 'lyon', area: 'yard', devices: { kiln: { model: 'kiln' } } };
const RULE = {
  ...{
    apiVersion: 'rules/v1',
    kind: 'AlarmRule',
    id: 'kiln-hot',
    name: 'Kiln hot',
    mode: 'active',
    priority: 'medium',
  },
  inputs: { t: { metric: 'temperature', fn: 'last', unit: 'Cel', maxAge: '10m' } },
  condition: { '>': [{ var: 't' }, 80] },
};

function writeRules(folder: string): void {
  const write = (file: string, content: object) => writeFileSync(path.join(folder, file), JSON.stringify(content));
  write('models/kiln.model.json', MODEL);
  write('devices/yard.json', DEVICES);
  write('kiln-hot.json', RULE);
}

describe.each<StoreKind>(['historian', 'influxdb'])('trends of the store %s', (store) => {
  const missing = NO_CHROMIUM ?? missingPart({ store });
  describe.skipIf(missing !== undefined)(missing === undefined ? 'browser' : `browser (skipped: ${missing})`, () => {
    let console: ConsoleBrowser;
    let device: MqttClient;
    let page: Page;
    let start: number;

    const figure = () => page.getByTestId('trend-figure');
    const entry = (metric: string, of = page) =>
      of.locator(`[data-testid=legend-entry][data-series="${KILN}/${metric}"]`);
    const intervalMs = async () => Number(await figure().getAttribute('data-interval'));
    const valueRow = (metric: string) =>
      page.locator(`[data-testid=value-row][data-device=kiln][data-metric="${metric}"]`);

    /** A quarter of an hour as the store has it: five minutes of silence, a minute uncertain, a minute bad. */
    async function writeHistory(): Promise<void> {
      const lines: string[] = [];
      for (let at = start; at < start + 12 * MINUTE; at += 5 * SECOND) {
        const minute = (at - start) / MINUTE;
        if (minute >= 4 && minute < 9) continue;
        const quality = minute >= 1 && minute < 2 ? ',q=1i' : minute >= 2 && minute < 3 ? ',q=2i' : '';
        lines.push(`reading,area=yard,device=kiln,metric=temperature,site=lyon value=${50 + minute}${quality} ${at}`);
        lines.push(`reading,area=yard,device=kiln,metric=pressure,site=lyon value=${2.5 + Math.sin(minute)} ${at}`);
        lines.push(`reading,area=yard,device=old-pump,metric=flow/outer\\ side,site=lyon value=${minute} ${at}`);
      }
      // Longer than ingest takes it: somebody else's writer may have sent it.
      lines.push(`reading,area=yard,device=gate,metric=note,site=lyon text="${HOSTILE}" ${start}`);
      const url = `${console.pipeline.storeUrl}/write?db=plant&rp=raw&precision=ms`;
      const answer = await fetch(url, { method: 'POST', body: lines.join('\n') });
      expect(answer.status).toBe(204);
    }

    beforeAll(async () => {
      console = await openConsoleBrowser({ store, rules: writeRules });
      start = Math.floor(Date.now() / MINUTE) * MINUTE - 13 * MINUTE;
      await writeHistory();
      device = await console.pipeline.client();
      page = await console.visit('vera', { acceptDownloads: true });
      await device.publishAsync(TELE, JSON.stringify({ temperature: 55, pressure: 2.5, burner: true, mode: 'idle' }), {
        qos: 1,
      });
      await goTo(page, 'trends');
    });
    afterAll(() => console?.[Symbol.asyncDispose]());

    it('finds two series by search and draws them, with the limit that a rule sets', async () => {
      await page.getByTestId('value-search').fill('kiln temp');
      await valueRow('temperature').getByRole('button').click();
      await page.getByTestId('value-search').fill('kiln pressure');
      await valueRow('pressure').getByRole('button').click();
      await figure().locator('canvas').first().waitFor();
      await entry('pressure').and(page.locator('[data-unit=bar]')).waitFor();
      await entry('temperature')
        .getByTestId('legend-limit')
        .filter({ hasText: '80' })
        .filter({ hasText: 'kiln-hot' })
        .waitFor();
      expect(await entry('pressure').getByTestId('legend-limit').count()).toBe(0);
      const minimum = entry('temperature').getByTestId('legend-min');
      await minimum.filter({ hasText: '50' }).waitFor();
    });

    it('says where nothing was heard, and where quality was not good', async () => {
      await entry('temperature').locator('[data-testid=legend-gaps]').filter({ hasText: 'gap' }).waitFor();
      const uncertain = entry('temperature').getByTestId('legend-uncertain');
      expect(await uncertain.getAttribute('data-points')).toBe('12');
      expect(await entry('temperature').getByTestId('legend-bad').getAttribute('data-points')).toBe('12');
      expect(await entry('pressure').getByTestId('legend-bad').count()).toBe(0);
      await page.getByTestId('bucket-table').locator('summary').click();
      await page.getByTestId('bucket-row').filter({ hasText: 'UNCERTAIN' }).first().waitFor();
      const moments = await page
        .getByTestId('bucket-row')
        .evaluateAll((rows) => rows.map((row) => Number(row.dataset.at)));
      const silent = moments.filter((at) => at > start + 4 * MINUTE && at < start + 9 * MINUTE - 5 * SECOND);
      expect(silent).toEqual([]);
    });

    it('finds a series that only the store remembers', async () => {
      await page.getByTestId('value-search').fill('OLD-pump flow');
      const stored = page.locator('[data-testid=stored-series][data-series="lyon/yard/old-pump/flow/outer side"]');
      await stored.getByRole('button').click();
      const legend = page.locator('[data-testid=legend-entry][data-series="lyon/yard/old-pump/flow/outer side"]');
      await legend.getByTestId('legend-max').waitFor();
      await legend.getByTestId('remove-series').click();
      await legend.waitFor({ state: 'detached' });
      await page.getByTestId('value-search').fill('');
    });

    it('draws when an alarm was active, by which its page is reached', async () => {
      await device.publishAsync(TELE, '{"temperature": 95}', { qos: 1 });
      const lane = page.getByTestId('alarm-lane').filter({ hasText: 'kiln-hot' });
      await lane.locator('li').filter({ hasText: 'Medium' }).waitFor();
      expect(await lane.locator('li a').getAttribute('href')).toBe('#/alarms/lyon/yard/kiln-hot/kiln');
      expect(await lane.locator('li a').getAttribute('aria-label')).toContain('still active');
      await device.publishAsync(TELE, '{"temperature": 40}', { qos: 1 });
      await lane.locator('a:not([aria-label*="still active"])[aria-label*="Medium"]').waitFor();
    });

    it('shows a switch and a hostile text as strips, the text as the text it is', async () => {
      await device.publishAsync(TELE, JSON.stringify({ burner: false }), { qos: 1 });
      await device.publishAsync('plant/v1/lyon/yard/gate/tele', JSON.stringify({ note: HOSTILE.slice(0, 200) }), {
        qos: 1,
      });
      for (const metric of ['burner', 'mode']) await valueRow(metric).getByRole('button').click();
      await page.locator('[data-testid=value-row][data-device=gate]').getByRole('button').click();
      const lane = (name: string) => page.getByTestId('state-lane').filter({ hasText: name });
      await lane('kiln · burner').locator('li[data-words=Off]').waitFor();
      await lane('kiln · burner').locator('li[data-words=On]').waitFor();
      await lane('kiln · mode').locator('li[data-words=idle]').waitFor();
      await lane('gate · note').locator('li').filter({ hasText: '<img src=x' }).first().waitFor();
      expect(await page.locator('main img').count()).toBe(0);
      for (const name of ['kiln/burner', 'kiln/mode', 'gate/note']) {
        await page
          .locator(`[data-testid=legend-entry][data-series="lyon/yard/${name}"]`)
          .getByTestId('remove-series')
          .click();
      }
    });

    it('zooms where somebody drags, and the buckets get narrower', async () => {
      await page.getByTestId('range-button').filter({ hasText: '24 h' }).click();
      await until('buckets of minutes', async () => (await intervalMs()) >= MINUTE || undefined);
      expect(['r1m', 'raw']).toContain(await figure().getAttribute('data-tier'));
      const wide = await intervalMs();
      const over = figure().locator('.u-over');
      const box = await over.boundingBox();
      if (box === null) throw new Error('no picture');
      await page.mouse.move(box.x + box.width * 0.96, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.995, box.y + 100, { steps: 5 });
      await page.mouse.up();
      await page.locator('[data-testid=trend][data-span=fixed]').waitFor();
      await until('narrower buckets', async () => (await intervalMs()) < wide || undefined);
      expect(page.url()).toMatch(/from=\d+&to=\d+/);
      await page.goBack();
      await page.locator('[data-testid=trend][data-span=live]').waitFor();
    });

    it('is moved by the keyboard alone, and goes on with the clock again', async () => {
      await page.getByTestId('range-button').filter({ hasText: '15 min' }).press('Enter');
      await page.getByTestId('trend-chart').focus();
      await page.keyboard.press('ArrowLeft');
      await page.locator('[data-testid=trend][data-span=fixed]').waitFor();
      const length = () => {
        const query = new URLSearchParams(page.url().split('?')[1]);
        return Number(query.get('to')) - Number(query.get('from'));
      };
      expect(length()).toBe(15 * MINUTE);
      await page.keyboard.press('+');
      await until('half of it', () => length() === 7.5 * MINUTE || undefined);
      await page.keyboard.press('-');
      await until('all of it', () => length() === 15 * MINUTE || undefined);
      await page.getByTestId('span-live').press('Enter');
      await page.locator('[data-testid=trend][data-span=live]').waitFor();
      expect(page.url()).toContain('last=15m');
      await valueRow('burner').getByRole('button').press('Enter');
      await entry('burner')
        .getByRole('button', { name: /^Move up/ })
        .press('Enter');
      await until('the switch before the pressure', async () => {
        const series = await page
          .getByTestId('legend-entry')
          .evaluateAll((list) => list.map((each) => each.dataset.series));
        return (
          series.join() === ['temperature', 'burner', 'pressure'].map((metric) => `${KILN}/${metric}`).join() ||
          undefined
        );
      });
      await entry('burner').getByTestId('remove-series').press('Enter');
    });

    it('shows the same to whoever opens the link', async () => {
      const address = `#/trends?${new URLSearchParams([
        ...['temperature', 'pressure'].map((metric) => ['s', `${KILN}/${metric}`]),
        ['from', String(start)],
        ['to', String(start + 12 * MINUTE)],
      ])}`;
      const other = await console.visit('olaf');
      const numbers = async (of: Page) => {
        await of.goto(`${console.pipeline.consoleUrl}/${address}`);
        await of.locator(`[data-testid=trend-figure][data-from="${start}"]`).waitFor();
        return await Promise.all(
          ['temperature', 'pressure'].flatMap((metric) =>
            ['legend-min', 'legend-mean', 'legend-max'].map((id) => entry(metric, of).getByTestId(id).textContent()),
          ),
        );
      };
      const mine = await numbers(page);
      expect(mine[0]).toContain('50');
      expect(await numbers(other)).toEqual(mine);
      expect(await other.getByTestId('trend').getAttribute('data-span')).toBe('fixed');
      await other.context().close();
    });

    it('gives what is shown, and the points themselves, as CSV', async () => {
      const fileOf = async (testId: string) => {
        const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId(testId).click()]);
        expect(download.suggestedFilename()).toMatch(/\.csv$/);
        return (await readFile(await download.path(), 'utf8')).split('\r\n');
      };
      const shown = await fileOf('export-shown');
      expect(shown[0]).toBe('\ufefftime,site,area,device,metric,mean,min,max,points,state,unit,quality');
      expect(shown[1]).toBe(`${new Date(start).toISOString()},lyon,yard,kiln,temperature,50,50,50,1,,Cel,good`);
      const points = await fileOf('export-points');
      expect(points[0]).toBe('time,site,area,device,metric,value,unit,quality');
      expect(points[1]).toBe(`${new Date(start).toISOString()},lyon,yard,kiln,temperature,50,Cel,good`);
      expect(points.filter((line) => line.endsWith(',uncertain'))).toHaveLength(12);
      expect(points.filter((line) => line.endsWith(',Cel,bad'))).toHaveLength(12);
      expect(points.filter((line) => line.includes(',pressure,'))).toHaveLength(7 * 12);
    });

    it('asks an address that is no series nothing, and shows the rest of it', async () => {
      const hostile = new URLSearchParams([
        ['s', `${KILN}/temperature`],
        ['s', "lyon/yard/kiln' OR 1=1/x"],
        ['s', '<script>alert(1)</script>'],
        ['last', '1e9d'],
      ]);
      await page.goto(`${console.pipeline.consoleUrl}/#/trends?${hostile}`);
      await entry('temperature').waitFor();
      await until('one series', async () => (await page.getByTestId('legend-entry').count()) === 1 || undefined);
    });

    it('answers a query of an engineer, and one that writes to nobody', async () => {
      const other = await console.visit('eva');
      const ask = async (q: string) => {
        const url = `${console.pipeline.consoleUrl}/api/query`;
        const answer = await other.request.post(url, { data: { q }, headers: { 'x-penstock-page': '1' } });
        return [answer.status(), await answer.text()] as const;
      };
      const [status, body] = await ask(
        `SELECT count("value") FROM "plant"."raw"."reading" WHERE "device" = 'old-pump'`,
      );
      expect([status, JSON.parse(body).series[0].values[0][1]]).toEqual([200, 7 * 12]);
      for (const q of [
        'DROP MEASUREMENT reading',
        'SELECT * INTO stolen FROM reading',
        'SHOW DATABASES; DROP DATABASE plant',
      ])
        expect((await ask(q))[0]).toBe(400);
      await other.context().close();
    });

    it.each([390, 1024, 1920])('fits into %d px, and axe-core finds nothing', async (width) => {
      const other = await console.visit('vera', { viewport: { width, height: 900 } });
      await other.goto(page.url());
      await entry('temperature', other).getByTestId('legend-max').waitFor();
      await other.getByTestId('bucket-table').locator('summary').click();
      expect(await other.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      expect(await axeViolations(other)).toEqual([]);
      await other.context().close();
    });

    it('had no error, and asked no other host', () => {
      expect(console.problems).toEqual([]);
    });
  });
});
