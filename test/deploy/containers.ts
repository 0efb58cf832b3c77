// Containers without an engine: processes in a root folder of their own, made of the staged image, the volumes and the mounts
// of compose.yaml, as the user that it says, with nothing they may write but that, and no capability. They share one network
// that is theirs alone, where the name of every service is this machine: so ports are free, and nobody else is disturbed.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram, type Running, run, tempFolder, until } from '../support/processes.ts';
import { type Compose, type ComposeService, environmentOf, isOurs, mountsOf } from './compose-file.ts';
import { readStages } from './dockerfile.ts';

export type Containers = AsyncDisposable & {
  /** Starts the service's program; `words` stand in the place of its command. */
  start(name: string, words?: readonly string[]): Running;
  /** The same to its end; gives exit code and output. */
  finish(name: string, words?: readonly string[]): Promise<{ readonly code: number; readonly output: string }>;
  /** What the image's HEALTHCHECK asks, until it is well. */
  healthy(name: string): Promise<void>;
  /** Runs a program of this machine's node in the network of the containers; gives what it prints. */
  ask(script: string): Promise<string>;
  /** A file in a volume, as it lies on this machine. */
  readVolume(volume: string, file: string): string;
};

const NEEDED = ['unshare', 'nsenter', 'setpriv', 'ip', 'mount', 'chroot'];
const START_MS_MAX = 60_000;

/** Why it cannot be done here; undefined where it can. */
export function noContainers(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may make namespaces';
  const missing = NEEDED.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) return `${missing.join(', ')} are not installed (apt-get install util-linux iproute2)`;
  const tried = spawnSync('unshare', ['--net', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp'], {
    encoding: 'utf8',
  });
  return tried.status === 0 ? undefined : `namespaces cannot be made here: ${tried.stderr.trim()}`;
}

export async function openContainers(compose: Compose, app: string): Promise<Containers> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(tempFolder());
  const network = stack.use(run('unshare', ['--net', 'sh', '-c', 'ip link set lo up && echo up && exec cat']));
  await until('a network', () => (network.output().includes('up') ? true : undefined));
  const net = [`--net=/proc/${network.child.pid}/ns/net`];
  const hosts = Object.keys(compose.all).map((name) => `127.0.0.1 ${name}\n`);
  const volumes = path.join(folder.path, 'volumes');
  let count = 0;
  const start = (name: string, words?: readonly string[]) => {
    const service = compose.all[name] as ComposeService;
    const root = path.join(folder.path, `root-${count++}`);
    makeRoot(root, hosts.join(''));
    const steps = [...rootSteps(root, service, { app, volumes })].join('\n');
    const shell = ['unshare', '--mount', '--propagation', 'private', 'sh', '-euc', steps, name];
    return stack.use(run('nsenter', [...net, ...shell, ...commandOf(service, words)]));
  };
  const ask = async (script: string) => {
    await using asked = run('nsenter', [...net, process.execPath, '--input-type=module', '-e', script]);
    const code = await until('an answer', () => asked.child.exitCode ?? undefined, START_MS_MAX);
    if (code !== 0) throw new Error(asked.output());
    return asked.output();
  };
  return {
    start,
    ask,
    async finish(name, words) {
      const started = start(name, words);
      const code = await until(`the end of ${name}`, () => started.child.exitCode ?? undefined, START_MS_MAX);
      return { code, output: started.output() };
    },
    async healthy(name) {
      const words = [
        ...net,
        process.execPath,
        'deploy/health.mjs',
        'readyz',
        '--within',
        String(START_MS_MAX / 1_000),
        name,
      ];
      await using asked = run('nsenter', words);
      const code = await until(`the health of ${name}`, () => asked.child.exitCode ?? undefined, 2 * START_MS_MAX);
      if (code !== 0) throw new Error(asked.output());
    },
    readVolume: (volume, file) => readFileSync(path.join(volumes, volume, file), 'utf8'),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function commandOf(service: ComposeService, words = service.command ?? []): string[] {
  return [...(service.entrypoint ?? (isOurs(service) ? ['node'] : [])), ...words];
}

/** Everything of this machine that a program needs to run at all, for reading. */
const SYSTEM = ['/usr', '/proc', '/dev'];
const LINKS = ['bin', 'lib', 'lib64', 'sbin'];

function makeRoot(root: string, hosts: string): void {
  for (const name of ['etc', 'tmp', 'opt/bin', 'app', ...SYSTEM]) mkdirSync(path.join(root, name), { recursive: true });
  writeFileSync(path.join(root, 'etc/hosts'), hosts);
  writeFileSync(path.join(root, 'opt/bin/node'), '');
}

type Sources = { readonly app: string; readonly volumes: string };

/** Lines of a shell that has a mount namespace of its own; its arguments are the program. */
function* rootSteps(root: string, service: ComposeService, { app, volumes }: Sources): Iterable<string> {
  yield 'PATH=$PATH:/usr/sbin'; // where Debian has chroot, and not every PATH leads
  yield `cd ${root}`;
  for (const name of LINKS) yield `ln -s usr/${name} ${name}`;
  yield 'ln -s /app/services/cli/main.ts opt/bin/penstock';
  if (isOurs(service)) yield* imageFolders();
  yield `mount --bind ${root} ${root}`;
  yield `cd ${root}`;
  for (const name of SYSTEM) yield `mount --rbind ${name} .${name}`;
  yield `mount --bind ${process.execPath} opt/bin/node`;
  yield* bound(app, 'app', 'ro');
  for (const { source, isVolume, target, isReadOnly } of mountsOf(service)) {
    if (!isVolume && !existsSync(source)) continue; // Docker would make an empty folder of it
    const from = isVolume ? path.join(volumes, source) : source;
    if (isVolume) yield* volumeOf(from, target);
    yield `mkdir -p .${target}`;
    yield* bound(from, target.slice(1), isReadOnly ? 'ro' : 'rw');
  }
  for (const name of service.tmpfs) yield `mount -t tmpfs -o mode=1777 tmpfs .${name}`;
  if (service.read_only) yield `mount -o remount,bind,ro ${root}`;
  const [user, group] = service.user.split(':');
  const groups = service.group_add === undefined ? '--clear-groups' : `--groups ${service.group_add.join()}`;
  const confined = `setpriv --reuid ${user} --regid ${group} ${groups} --no-new-privs --bounding-set=-all --inh-caps=-all`;
  const env = Object.entries({ ...imageEnvironment(), ...environmentOf(service), PATH: '/opt/bin:/usr/sbin:/usr/bin' });
  yield `exec chroot ${root} ${confined} env -i -C /app ${env.map(([name, value]) => `'${name}=${value}'`).join(' ')} "$@"`;
}

function* bound(from: string, to: string, mode: 'ro' | 'rw'): Iterable<string> {
  yield `mount --bind ${from} ${to}`;
  if (mode === 'ro') yield `mount -o remount,bind,ro ${to}`;
}

/** A volume that is new takes owner and mode from what it covers, where the image has that. */
function* volumeOf(folder: string, target: string): Iterable<string> {
  yield `[ -d ${folder} ] || { mkdir -p ${folder}; [ ! -d .${target} ] || { chown --reference=.${target} ${folder}; chmod --reference=.${target} ${folder}; }; }`;
}

/** Those that the Dockerfile makes, with their owner. */
function* imageFolders(): Iterable<string> {
  const steps = readStages().at(-1)?.steps ?? [];
  const made = steps.flatMap((step) => (step.kind === 'run' ? [...step.script.matchAll(/install -d [^&]*/g)] : []));
  for (const [command] of made) yield command.replaceAll('node', '1000').replace(/ \//g, ' ./');
}

function imageEnvironment(): Record<string, string> {
  const steps = readStages().at(-1)?.steps ?? [];
  const words = steps.flatMap((step) => (step.kind === 'other' && step.word === 'ENV' ? step.text.split(' ') : []));
  return Object.fromEntries(words.map((word) => word.split('=') as [string, string]));
}
