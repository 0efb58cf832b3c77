// The Dockerfile, as far as it can be read: what it is made of, and that it copies all that is imported. That what it makes
// runs is tried in staged.test.ts.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SERVICES } from '#domain/service.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { readSettings } from '../../services/cli/settings.ts';
import { recordedCli } from '../../services/cli/testing.ts';
import { ROOT } from '../support/processes.ts';
import { importsOf, readTree } from '../support/source-tree.ts';
import { type Copy, readContext, readStages } from './dockerfile.ts';

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

  it('asks each service for its health on the port that it has', () => {
    const [, table = ''] =
      /^const PORTS = (\{.*\});$/m.exec(readFileSync(path.join(ROOT, 'deploy/health.mjs'), 'utf8')) ?? [];
    const settings = readSettings([], recordedCli());
    if (typeof settings === 'number') throw new Error('the defaults are no settings');
    const ports = Object.fromEntries(SERVICES.map((name) => [name, settings.config[name].metricsPort]));
    expect(JSON.parse(table.replace(/(\w+):/g, '"$1":'))).toEqual(ports);
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
