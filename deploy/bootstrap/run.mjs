// Every npm script goes through here, so that a machine with any Node from 20 on needs no set-up by hand:
//   1. a Node 24 of our own (locked in node24/package-lock.json) where the machine's is older,
//   2. the packages of package-lock.json, again whenever that file has changed,
//   3. the console's page, again whenever its sources have changed,
//   4. the command itself, with that Node first on PATH so that every child gets it too.
// Plain JavaScript without packages: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const node24Dir = path.join(here, 'node24');

/** Script name to what runs on Node 24; `page` says that it serves the console and needs its page built. */
const COMMANDS = {
  start: { run: ['services/cli/main.ts', 'start'], page: true },
  penstock: { run: ['services/cli/main.ts'], page: false },
  page: { run: ['services/cli/main.ts', '--version'], page: true },
  test: {
    run: ['node_modules/vitest/vitest.mjs', 'run', '--root', '.', '--config', 'test/vitest.config.ts'],
    page: true,
  },
  'test:faults': { run: ['test/faults/main.ts'], page: true },
  bench: { run: ['test/bench/main.ts'], page: true },
  dashboards: { run: ['dashboards/build.ts'], page: false },
  lint: { run: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'], page: false },
  format: { run: ['node_modules/@biomejs/biome/bin/biome', 'check', '--write'], page: false },
  types: { run: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'], page: false },
};

function fail(message) {
  process.stderr.write(`penstock: ${message}\n`);
  process.exit(69);
}

function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function isStamped(file, hash) {
  return existsSync(file) && readFileSync(file, 'utf8') === hash;
}

/** Runs npm (through npm itself where an npm script started us) on the given Node; false where it failed. */
function npm(node, args, cwd) {
  const viaNpm = process.env.npm_execpath;
  const isJs = viaNpm?.endsWith('.js') || viaNpm?.endsWith('.cjs');
  const [command, first] = isJs ? [node, [viaNpm]] : ['npm', []];
  const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };
  // npm hands its own settings to scripts in the environment; a nested npm in another folder must not inherit them.
  for (const name of Object.keys(env))
    if (/^npm_config_(local_prefix|prefix|global_prefix)$/i.test(name)) delete env[name];
  const done = spawnSync(command, [...first, ...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env,
    stdio: ['ignore', 2, 2],
  });
  return done.status === 0;
}

/** Path of a Node >= 24.11: the running one, or ours. */
function findNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 11)) return process.execPath;
  const bin = path.join(node24Dir, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  const lockHash = hashOf(readFileSync(path.join(node24Dir, 'package-lock.json')));
  const stamp = path.join(node24Dir, 'node_modules', '.lock-hash');
  if (existsSync(bin) && isStamped(stamp, lockHash)) return bin;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    fail(
      `Node 24.11 or newer is needed, this is ${process.version} on ${process.platform}/${process.arch}. Install it from https://nodejs.org/en/download and run the same command again.`,
    );
  }
  process.stderr.write(`penstock: fetching Node 24 (once; this machine has ${process.version}) ...\n`);
  const done = npm(process.execPath, ['ci'], node24Dir);
  // Optional packages fail silently, so the file itself is the proof.
  if (!done || !existsSync(bin)) {
    fail(
      'Node 24 could not be fetched from the npm registry. Check the network (npm ping), or install Node 24 from https://nodejs.org/en/download, and run the same command again.',
    );
  }
  writeFileSync(stamp, lockHash);
  return bin;
}

function installPackages(node) {
  const hash = hashOf(readFileSync(path.join(root, 'package-lock.json')), process.arch);
  const stamp = path.join(root, 'node_modules', '.lock-hash');
  if (isStamped(stamp, hash)) return;
  process.stderr.write('penstock: installing packages ...\n');
  if (!npm(node, ['ci'], root)) fail('`npm ci` failed; its own message stands above.');
  writeFileSync(stamp, hash);
}

function filesIn(file) {
  if (!statSync(file).isDirectory()) return [file];
  return readdirSync(file).flatMap((name) => filesIn(path.join(file, name)));
}

/** Builds the console's page where its sources, its build or the lock file differ from what dist/ was built from. */
function buildPage(node) {
  // The page, the contract it shares with its server, and the domain and rule language that both use.
  const sources = [
    'services/console/web',
    'services/console/api',
    'services/lib/domain',
    'services/lib/rules',
    'package-lock.json',
  ];
  const files = sources.flatMap((source) => filesIn(path.join(root, source))).sort();
  const hash = hashOf(...files.flatMap((file) => [path.relative(root, file), readFileSync(file)]));
  const stamp = path.join(root, 'services/console/dist/.source-hash');
  if (isStamped(stamp, hash)) return;
  const done = spawnSync(
    node,
    ['node_modules/vite/bin/vite.js', 'build', '--config', 'services/console/web/vite.config.ts', '--logLevel', 'warn'],
    { cwd: root, stdio: ['ignore', 2, 2] },
  );
  if (done.status !== 0) fail("the console's page could not be built; vite's message stands above.");
  writeFileSync(stamp, hash);
}

const [name = '', ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (!command) {
  process.stderr.write(`penstock: no command '${name}'; there are: ${Object.keys(COMMANDS).join(', ')}\n`);
  process.exit(2);
}
const node = findNode();
installPackages(node);
if (command.page) buildPage(node);

const child = spawn(node, [...command.run, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: [path.dirname(node), path.join(root, 'node_modules/.bin'), process.env.PATH].join(path.delimiter),
  },
});
// A terminal sends Ctrl-C to the whole group; a supervisor sends SIGTERM to this process alone. Either way the child decides.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGHUP', () => child.kill('SIGHUP'));
// npm and its shell do not pass every signal on: when they are gone, nobody is left who could stop us later.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref();
child.on('exit', (code, signal) => {
  process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1));
});
