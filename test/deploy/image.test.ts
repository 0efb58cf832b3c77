// The image, without an engine: the Dockerfile copies all that is imported, and a folder of just these files, with the packages
// of `npm ci --omit=dev`, starts and does its work.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICES } from '#domain/service.ts';
import { environmentName } from '#runtime/config.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { freePorts, ROOT, run, tempFolder, until } from '../support/processes.ts';
import { importsOf, readTree } from '../support/source-tree.ts';
import { type Copy, readContext, readStages } from './dockerfile.ts';
import { NoRegistry, type StagedImage, stageImage } from './staged-image.ts';

const stages = readStages();
const last = stages.at(-1);
const steps = last?.steps ?? [];
const copies = steps.filter((step): step is Copy & { kind: 'copy' } => step.kind === 'copy');
const textOf = (word: string) =>
  steps.flatMap((step) => (step.kind === 'other' && step.word === word ? [step.text] : []));

/** What an import is taken for may also be a piece of a sentence. */
const PACKAGE = /^(?!node:)@?[a-z][\w./-]+$/;

describe('Dockerfile', () => {
  it('is made of pinned images, for the processor that it is built for', () => {
    const text = readFileSync(path.join(ROOT, 'deploy/Dockerfile'), 'utf8');
    const bases = [...text.matchAll(/^ARG NODE=(\S+)$/gm)].map(([, image]) => image);
    expect(bases).toEqual([expect.stringMatching(/^node:24\.\d+\.\d+-slim$/)]);
    expect(stages.map(({ from }) => from)).toEqual(stages.map(() => '$NODE'));
    // The page is the one thing that is built elsewhere; packages are installed where they run.
    expect(text.match(/^FROM --platform=\$BUILDPLATFORM .*$/gm)).toEqual([
      'FROM --platform=$BUILDPLATFORM $NODE AS page',
    ]);
    expect(copies.filter(({ from }) => from === 'page').map(({ target }) => target)).toEqual(['services/console/dist']);
  });

  it('runs as a user that is nobody, asks for its health with node, and says what it is', () => {
    expect(textOf('USER')).toEqual(['1000:1000']);
    expect(textOf('HEALTHCHECK')).toEqual([expect.stringMatching(/CMD \["node", "deploy\/health\.mjs", "readyz"\]$/)]);
    for (const name of ['title', 'description', 'version', 'revision', 'created', 'source', 'licenses'])
      expect(textOf('LABEL').join('\n')).toContain(`org.opencontainers.image.${name}=`);
    expect(textOf('ARG')).toContain(`VERSION=${packageJson.version}`);
    expect(textOf('LABEL').join('\n')).toContain(`description="${packageJson.description}"`);
    expect(textOf('LABEL').join('\n')).toContain(`licenses="${packageJson.license}"`);
  });

  it('copies every file that is imported, and every package is one of those that run', () => {
    const isSeen = readContext();
    const inImage = (name: string) =>
      isSeen(name) &&
      copies.some(({ from, sources }) => from === undefined && sources.some((each) => isIn(name, each)));
    const files = new Map(readTree('services').map((file) => [file.path, file]));
    const open = [...files.keys()].filter((name) => /\/main\.ts$/.test(name) && !name.includes('/web/'));
    expect(open.length).toBeGreaterThan(SERVICES.length);
    const reached = new Set(open);
    const wrong: string[] = [];
    for (const name of reached) {
      const file = files.get(name);
      if (file === undefined) continue; // package.json
      for (const { specifier, target } of importsOf(file)) {
        if (target === undefined) {
          const [scope, rest] = specifier.split('/');
          const packageName = specifier.startsWith('@') ? `${scope}/${rest}` : scope;
          if (PACKAGE.test(specifier) && !Object.hasOwn(packageJson.dependencies, packageName ?? ''))
            wrong.push(`${name} imports ${specifier}`);
        } else if (inImage(target)) reached.add(target);
        else wrong.push(`${name} imports ${target}, which the image lacks`);
      }
    }
    expect(wrong).toEqual([]);
    expect(reached.size).toBeGreaterThan(300);
  });
});

function isIn(name: string, source: string): boolean {
  return name === source || name.startsWith(`${source}/`);
}

describe('what the image holds', () => {
  let image: StagedImage | undefined;
  let missing: string | undefined;
  beforeAll(() => {
    try {
      image = stageImage();
    } catch (error) {
      if (!(error instanceof NoRegistry)) throw error;
      missing = `npm cannot reach its registry, and its cache has not all packages: ${error.message}`;
    }
  });
  afterAll(() => image?.[Symbol.dispose]());

  it('starts by itself, stores a point, and stops', async ({ skip }) => {
    if (image === undefined) return skip(missing);
    const { app } = image;
    using data = tempFolder();
    const ports = await freePorts(SERVICES.length + 4);
    const [port = 0, store = 0, page = 0] = ports;
    const env = {
      PENSTOCK_DATA: data.path,
      PENSTOCK_RULES_DIR: path.join(app, 'rules'),
      PENSTOCK_BROKER_PORT: String(port),
      PENSTOCK_BROKER_WS_PORT: 'off',
      PENSTOCK_HISTORIAN_PORT: String(store),
      PENSTOCK_CONSOLE_PORT: String(page),
      ...Object.fromEntries(SERVICES.map((name, i) => [environmentName(name, 'metricsPort'), String(ports[i + 4])])),
    };
    const words = ['-C', app, process.execPath, 'services/cli/main.ts', 'start', '--no-demo'];
    await using started = run('env', words, env);
    await until('the start', () => (started.output().includes('is running') ? true : undefined), 60_000);
    const health = () =>
      run('env', ['-C', app, process.execPath, 'deploy/health.mjs', 'readyz', '--within', '30'], env);
    await using asked = health();
    await until('the health', () => asked.child.exitCode ?? undefined, 40_000);
    expect(asked.output()).toBe('');
    await publish(port);
    const row = await until('the point', () => readPoint(store), 30_000);
    expect(row).toBe(41.5);
    const answer = await fetch(`http://127.0.0.1:${page}/`);
    expect(await answer.text()).toContain('<title>');
    started.child.kill('SIGTERM');
    expect(await until('the end', () => started.child.exitCode ?? undefined, 30_000)).toBe(0);
    await using after = run('env', ['-C', app, process.execPath, 'deploy/health.mjs'], env);
    expect(await until('the answer', () => after.child.exitCode ?? undefined)).toBe(1);
    expect(after.output()).toBe('no service listens here\n');
  }, 120_000);
});

async function publish(port: number): Promise<void> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  await client.publishAsync('plant/v1/lyon/tank-farm/tank-09/tele', '{"temperature": 41.5}', { qos: 1 });
  await client.endAsync();
}

async function readPoint(store: number): Promise<number | undefined> {
  const query = new URLSearchParams({
    db: 'plant',
    q: `SELECT value FROM "plant"."raw"."reading" WHERE device = 'tank-09'`,
  });
  const answer = await fetch(`http://127.0.0.1:${store}/query?${query}`);
  const { results } = (await answer.json()) as { results: { series?: { values: [string, number][] }[] }[] };
  return results[0]?.series?.[0]?.values[0]?.[1];
}
