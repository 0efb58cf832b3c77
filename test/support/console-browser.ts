// The console in a real browser: Debian's Chromium on the whole pipeline, with a person of each role.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { hashPassword } from '#runtime/access/password-hash.ts';
import { writePrivateFile } from '#runtime/access/private-file.ts';
import { type Pipeline, type PipelineOptions, startPipeline } from './pipeline.ts';
import { findProgram } from './processes.ts';

const executablePath = findProgram('chromium');
/** For describe.skipIf, with the reason in the title. */
export const NO_CHROMIUM =
  executablePath === undefined ? 'chromium is not installed (apt-get install chromium)' : undefined;
if (NO_CHROMIUM !== undefined) process.stderr.write(`skipped: browser tests: ${NO_CHROMIUM}\n`);

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

export const PASSWORD = 'a password of the browser test';
export type Visitor = keyof typeof PEOPLE;
export const PEOPLE = { ada: 'admin', eva: 'engineer', olaf: 'operator', vera: 'viewer' } as const;

export type ConsoleBrowser = AsyncDisposable & {
  readonly pipeline: Pipeline;
  readonly browser: Browser;
  /** A browser of somebody's own, logged in and live, without a cookie of the others. */
  visit(user: Visitor, options?: BrowserContextOptions): Promise<Page>;
  /** A browser of its own where nobody is logged in yet. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** Errors of all pages, and whatever they asked of another host; empty where all is well. */
  readonly problems: string[];
  /** Who may log in from now on. */
  writePeople(people: Readonly<Record<string, string>>): Promise<void>;
};

export async function openConsoleBrowser(options: PipelineOptions = {}): Promise<ConsoleBrowser> {
  await using stack = new AsyncDisposableStack();
  const pipeline = stack.use(await startPipeline(options));
  const browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: ARGS });
  stack.defer(() => browser.close());
  const problems: string[] = [];
  const writePeople = async (people: Readonly<Record<string, string>>) => {
    const password = await hashPassword(PASSWORD);
    const users = Object.fromEntries(Object.entries(people).map(([name, role]) => [name, { role, password }]));
    await writePrivateFile(path.join(pipeline.dataDir, 'access/users.json'), JSON.stringify({ users }));
  };
  await writePeople(PEOPLE);
  const open = async (contextOptions: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 1600 }, ...contextOptions });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    watch(page, pipeline.consoleUrl, problems);
    await page.goto(pipeline.consoleUrl);
    return page;
  };
  const visit = async (user: Visitor, contextOptions: BrowserContextOptions = {}) => {
    const page = await open(contextOptions);
    await logIn(page, user);
    await page.getByTestId('user').filter({ hasText: user }).waitFor();
    await page.getByTestId('connection').and(page.locator('[data-state=live]')).waitFor();
    return page;
  };
  const owned = stack.move();
  return { pipeline, browser, visit, open, problems, writePeople, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export async function logIn(page: Page, user: string, password = PASSWORD): Promise<void> {
  await page.getByTestId('login-user').fill(user);
  await page.getByTestId('login-password').fill(password);
  await page.getByTestId('login-form').locator('button[type=submit]').click();
}

/** By the navigation, as a person goes. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByTestId(`nav-${name}`).click();
  await page.locator(`main[data-page=${name}]`).waitFor();
}

/** The browser reports what a test provokes: a first look for a session, a refusal, a conflict, a stream whose login is over. */
const BY_DESIGN = /^Failed to load resource: .*(401|403|409|ERR_INCOMPLETE_CHUNKED_ENCODING)/;

function watch(page: Page, consoleUrl: string, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !BY_DESIGN.test(message.text())) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(consoleUrl)) problems.push(`the page asked ${request.url()}`);
  });
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe-core finds against WCAG 2.2 AA, a line each; empty where all is well. */
export async function axeViolations(page: Page): Promise<string[]> {
  // By the debugger and not by a script tag: the page's own policy lets no foreign script in.
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) await page.evaluate(`${readFileSync(AXE, 'utf8')}; undefined`);
  return await page.evaluate(async (tags) => {
    type Found = { id: string; help: string; nodes: { target: unknown; failureSummary?: string }[] };
    const { axe } = globalThis as unknown as {
      axe: { run(root: Document, options: object): Promise<{ violations: Found[] }> };
    };
    const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${String(target)}: ${failureSummary ?? ''}`),
    );
  }, WCAG);
}
