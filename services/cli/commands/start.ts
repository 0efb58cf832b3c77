// `penstock start`: everything on one machine, supervised, until it is told to stop.

import path from 'node:path';
import { SERVICES } from '#domain/service.ts';
import { serviceLogin } from '#runtime/access/service-login.ts';
import { brokerAddress } from '#runtime/broker-address.ts';
import { silentLog } from '#runtime/log.ts';
import { openMqttBus } from '#runtime/mqtt-bus.ts';
import { VERSION } from '#runtime/process.ts';
import { brokerUrl, storeUrl } from '#runtime/sections.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import { type FirstPerson, firstPerson } from '../access/first-person.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { type AllSettings, type LoadedSettings, readSettings } from '../settings.ts';
import { untilAborted } from '../signals.ts';
import { Announcer } from '../supervisor/announcer.ts';
import { type BoxFacts, boxText } from '../supervisor/box.ts';
import type { ChildEvent } from '../supervisor/child.ts';
import { clashesOf, listenersOf } from '../supervisor/listeners.ts';
import { formatJsonLine, formatPrettyLine } from '../supervisor/log-line.ts';
import { freePortFlags, portProblems } from '../supervisor/ports.ts';
import { childSpecs } from '../supervisor/service-children.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import { takeDataFolder } from '../supervisor/take-data-folder.ts';

/** A machine that needs longer for all of it gets the box with what is still missing. */
const READY_MS_MAX = 30_000;

export const startCommand: CliCommand = {
  name: 'start',
  summary: 'run everything: broker, services, and the simulated plant',
  options: [['--no-demo', 'without the simulated plant']],
  run: async ({ settings, options }, cli) => {
    const words = options.demo === false ? [...settings, '--demo=off'] : settings;
    const first = readSettings(words, cli);
    if (typeof first === 'number') return first;
    try {
      // Before the ports: of a second start the person wants to hear that, not of a dozen ports that the first one holds.
      using _lock = await takeDataFolder(path.resolve(first.config.root.data));
      const prepared = await prepare(first, words, cli);
      return typeof prepared === 'number' ? prepared : await supervise(prepared.loaded, prepared.words, cli);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      return refuse([error.message], error.exitCode, cli);
    }
  },
};

/** The settings with every port known and free, or the exit code. */
async function prepare(
  first: LoadedSettings,
  words: readonly string[],
  cli: Cli,
): Promise<{ readonly loaded: LoadedSettings; readonly words: readonly string[] } | number> {
  const listeners = listenersOf(first.config);
  const clashes = clashesOf(listeners);
  if (clashes.length > 0) return refuse(clashes, EXIT.config, cli);
  const problems = await portProblems(listeners);
  if (problems.length > 0) return refuse(problems, EXIT.unavailable, cli);
  const all = [...words, ...(await freePortFlags(listeners))];
  const loaded = readSettings(all, cli);
  return typeof loaded === 'number' ? loaded : { loaded, words: all };
}

function refuse(problems: readonly string[], exitCode: number, cli: Cli): number {
  cli.err(problems.map((problem) => `${cli.paint('red', 'error')} ${problem}\n`).join(''));
  return exitCode;
}

async function supervise(loaded: LoadedSettings, words: readonly string[], cli: Cli): Promise<number> {
  const { config } = loaded;
  const { asked, insisted } = cli.stopSignals();
  const first = await firstPerson(config.root.data, cli);
  const print = linePrinter(cli);
  await using announcing = new AsyncDisposableStack();
  const announcer = openAnnouncer(config, announcing, cli);
  const supervisor = new Supervisor(childSpecs(loaded, words), {
    clock: cli,
    onLine: print,
    onEvent: (event) => {
      announcer.take(event);
      print('start', ownLine(event.kind === 'ready' ? 'info' : 'warn', eventText(event), cli));
    },
  });
  insisted.addEventListener('abort', () => supervisor.killAll());
  await supervisor.start(READY_MS_MAX, asked);
  if (!asked.aborted) cli.out(boxText(boxFacts(config, first, supervisor.problems(), cli.env)));
  await untilAborted(asked);
  print('start', ownLine('info', 'stopping; Ctrl-C once more ends everything at once', cli));
  await announcing.disposeAsync();
  await supervisor.stop();
  if (insisted.aborted) return EXIT.interrupted;
  print('start', ownLine('info', 'stopped', cli));
  return EXIT.ok;
}

/** Prints a child's line for whoever reads: a person at a terminal, or a log collector. */
function linePrinter(cli: Cli): (name: string, line: string) => void {
  const format = cli.isTerminal ? formatPrettyLine : formatJsonLine;
  return (name, line) => cli.err(`${format(name, line, cli.now(), cli.paint)}\n`);
}

function ownLine(level: 'info' | 'warn', msg: string, cli: Cli): string {
  return JSON.stringify({ level, time: new Date(cli.now()).toISOString(), service: 'start', msg });
}

function eventText(event: ChildEvent): string {
  if (event.kind === 'ready') return `${event.name} is ready after ${(event.afterMs / 1_000).toFixed(1)} s`;
  return event.kind === 'ended' ? `${event.name} ${event.detail}` : `${event.name} stays down: ${event.detail}`;
}

function openAnnouncer(config: AllSettings, stack: AsyncDisposableStack, cli: Cli): Announcer {
  const clientId = 'penstock-supervisor';
  const login = serviceLogin(config, 'supervisor');
  const bus = stack.use(openMqttBus({ ...brokerAddress(config.broker), ...login, clientId }, silentLog()));
  return stack.use(
    new Announcer({ bus, names: SERVICES, version: VERSION, clientId: `${clientId}-watch`, now: cli.now }),
  );
}

function boxFacts(
  config: AllSettings,
  first: FirstPerson,
  problems: ReadonlyMap<string, string>,
  env: NodeJS.ProcessEnv,
): BoxFacts {
  const { broker, store, historian, console: page, root, rules } = config;
  return {
    version: VERSION,
    consoleUrl: `${page.tlsCertFile === undefined ? 'http' : 'https'}://${page.host}:${page.port}`,
    brokerUrl: brokerUrl(broker),
    brokerUsername: broker.username,
    isBrokerOurs: broker.url === undefined,
    storeUrl: storeUrl(store, historian),
    isStoreOurs: store.url === undefined,
    database: store.database,
    dataDir: path.resolve(root.data),
    rulesDir: path.resolve(rules.dir),
    login: first,
    isDemo: root.demo,
    command: env.npm_lifecycle_event === undefined ? 'penstock' : 'npm run -s penstock --',
    problems,
  };
}
