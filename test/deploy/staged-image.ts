// The image without an engine: a folder with the very files that the Dockerfile puts into its last stage, made by its own
// steps as far as they need no other machine.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { ROOT, tempFolder } from '../support/processes.ts';
import { topLevel } from '../support/source-tree.ts';
import { type Copy, readContext, readStages, type Stage } from './dockerfile.ts';

export type StagedImage = Disposable & {
  /** What is `/app` in the image. */
  readonly app: string;
};

/** Of npm, where it cannot reach its registry. */
const NO_NETWORK = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET|ENOTCACHED)\b/;

const isSeen = readContext();
const names = filesIn('');

export class NoRegistry extends Error {}

/** @throws NoRegistry where the packages are neither here nor to be had */
export function stageImage(): StagedImage {
  const folder = tempFolder();
  try {
    const stages = readStages();
    const built = new Map<string, string>();
    for (const stage of stages) built.set(stage.name, buildStage(stage, path.join(folder.path, stage.name), built));
    return { app: built.get(stages.at(-1)?.name ?? '') ?? '', [Symbol.dispose]: () => folder[Symbol.dispose]() };
  } catch (error) {
    folder[Symbol.dispose]();
    throw error;
  }
}

function buildStage(stage: Stage, folder: string, built: ReadonlyMap<string, string>): string {
  const app = path.join(folder, 'app');
  mkdirSync(app, { recursive: true });
  for (const step of stage.steps) {
    if (step.kind === 'copy') copy(step, app, built);
    if (step.kind === 'run') runStep(step.script, app);
  }
  return app;
}

function copy({ from, sources, target }: Copy, app: string, built: ReadonlyMap<string, string>): void {
  const isFolder = target.endsWith('/');
  for (const source of sources) {
    const to = path.join(app, target, isFolder ? path.basename(source) : '');
    if (from === undefined) copyFromContext(source, to);
    else link(path.join(built.get(from) ?? '', path.relative('/app', source)), to);
  }
}

/** Thousands of files: a second name for each is enough. */
function link(source: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  execFileSync('cp', ['-al', source, to]);
}

function filesIn(folder: string): string[] {
  return topLevel(folder).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    return entry.isDirectory() ? filesIn(name) : [name];
  });
}

/** @throws Error as a builder does, where nothing of that name is in the context */
function copyFromContext(source: string, to: string): void {
  const files = names.filter((name) => (name === source || name.startsWith(`${source}/`)) && isSeen(name));
  if (files.length === 0) throw new Error(`COPY ${source}: the context has no such file`);
  for (const name of files) cpSync(path.join(ROOT, name), path.join(to, path.relative(source, name)));
}

/** Builders run as root in an image of their own; the step of the last stage that changes the system is not for us. */
function runStep(script: string, app: string): void {
  const [program = '', ...words] = script.split(' ');
  if (script === 'npm ci') symlinkSync(path.join(ROOT, 'node_modules'), path.join(app, 'node_modules'));
  else if (program === 'npm') install(words, app);
  else if (program === 'node')
    execFileSync(process.execPath, words, { cwd: app, stdio: ['ignore', 'ignore', 'inherit'] });
  else if (!script.startsWith('rm -rf /usr/local')) throw new Error(`Dockerfile: the tests cannot run ${script}`);
}

function install(words: readonly string[], app: string): void {
  const done = spawnSync('npm', [...words, '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: app,
    encoding: 'utf8',
  });
  if (done.status === 0 && existsSync(path.join(app, 'node_modules'))) return;
  if (NO_NETWORK.test(done.stderr)) throw new NoRegistry(done.stderr.slice(0, 500));
  throw new Error(`npm ${words.join(' ')} failed:\n${done.stderr}`);
}
