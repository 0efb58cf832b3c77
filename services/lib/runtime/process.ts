// The life of a service's process: settings, log, health, signals, and everything that was opened closed in reverse.
// A first SIGTERM or SIGINT drains within 10 s and exits 0; a second ends at once. Wrong settings exit 78 (EX_CONFIG),
// a port in use 69 with the setting that changes it; a bug crashes, and the supervisor starts the service anew.

import { flushCompileCache } from 'node:module';
import type { ServiceName } from '#domain/service.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { type Config, configFile, environmentName, loadConfig, type Sections } from './config.ts';
import { Health, serveHealth } from './health.ts';
import { createLog, type Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { Problems } from './problems.ts';
import { brokerSection, isLoopback, rootSection } from './sections.ts';
import { EXIT, StartError } from './start-error.ts';

export const VERSION: string = packageJson.version;

const DRAIN_MS = 10_000;

type BaseSections = { readonly root: typeof rootSection; readonly broker: typeof brokerSection };

export type Service<S extends Sections> = {
  readonly name: ServiceName;
  readonly config: Config<S & BaseSections>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly health: Health;
  /** What needs a person: rules makes an alarm of each. */
  readonly problems: Problems;
  /** Whatever is opened is pushed here, and closed in reverse order at the end. */
  readonly stack: AsyncDisposableStack;
  /** ms since the epoch. The one clock: hand it down, read none below. */
  readonly now: () => number;
};

/**
 * Runs a service until a signal. `sections` are the settings it reads besides root and broker; `start` opens what it needs
 * on `service.stack` and returns when the service serves.
 */
export async function runService<S extends Sections>(
  name: ServiceName,
  sections: S,
  start: (service: Service<S>) => Promise<void>,
): Promise<void> {
  const all = { root: rootSection, broker: brokerSection, ...sections } as S & BaseSections;
  const argv = process.argv.slice(2);
  const loaded = loadConfig(all, { argv, env: process.env, file: configFile(argv, process.env) });
  if (!loaded.ok) {
    process.stderr.write(loaded.problems.map((problem) => `${name}: ${problem}\n`).join(''));
    process.exit(EXIT.config);
  }
  const config = loaded.config;
  const { root } = config as unknown as Config<BaseSections>;
  const log = createLog(name, root.logLevel);
  const metrics = new Metrics(name);
  const health = new Health();
  const problems = new Problems();
  const stack = new AsyncDisposableStack();
  const { stop, isStopping } = stopOnSignals(stack, log);
  const now = () => Date.now();
  // The health port listens first; whoever waits for us must not take that for being ready.
  let isStarted = false;
  health.add('start', () => (isStarted ? undefined : 'starting'));
  try {
    const listener = (config as unknown as Record<string, { metricsPort: number }>)[name];
    const setting = environmentName(name, 'metricsPort');
    await named(setting, async () =>
      stack.use(
        await serveHealth({
          host: '127.0.0.1',
          port: listener?.metricsPort ?? 0,
          service: name,
          version: VERSION,
          health,
          metrics,
        }),
      ),
    );
    await start({ name, config, log, metrics, health, problems, stack, now });
    isStarted = true;
    log.info('ready');
    flushCompileCache(); // node itself writes it at the end, which a process that is killed does not see
  } catch (error) {
    // A signal during the start closes the stack under it; what start then fails with is no bug.
    if (isStopping()) await stop(EXIT.ok);
    if (error instanceof StartError) {
      process.stderr.write(`${name}: ${error.message}\n`);
      await stop(error.exitCode);
    }
    throw error;
  }
}

/** Opens a listener and, where its address is taken, names the setting that moves it. */
export async function named<T>(setting: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
    if (code === 'EADDRINUSE') {
      throw new StartError(
        `port ${port} at ${address} is in use by another program; set ${setting} to a free port`,
        EXIT.unavailable,
      );
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      throw new StartError(`cannot listen on port ${port} at ${address} (${code}); set ${setting}`, EXIT.unavailable);
    }
    throw error;
  }
}

/**
 * Everything that listens without knowing who comes stays on this machine.
 * @throws StartError where the address is not a loopback address
 */
export function refuseOpenListener(host: string, setting: string, why: string): void {
  if (isLoopback(host)) return;
  throw new StartError(
    `will not listen on ${host}: ${why}, so it may be reached from this machine only; set ${setting} to 127.0.0.1`,
  );
}

type Stopper = { readonly stop: (exitCode: number) => Promise<never>; readonly isStopping: () => boolean };

function stopOnSignals(stack: AsyncDisposableStack, log: Log): Stopper {
  let stopping: Promise<never> | undefined;
  const stop = (exitCode: number): Promise<never> => {
    stopping ??= (async () => {
      const timer = setTimeout(() => {
        log.error(`not drained within ${DRAIN_MS / 1000} s, ending now`);
        process.exit(EXIT.software);
      }, DRAIN_MS);
      timer.unref();
      try {
        await stack.disposeAsync();
      } catch (error) {
        log.error({ err: error }, 'while closing');
        process.exit(EXIT.software);
      }
      process.exit(exitCode);
    })();
    return stopping;
  };
  const onSignal = () => {
    if (stopping !== undefined) process.exit(EXIT.interrupted);
    void stop(EXIT.ok);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // A supervised service holds its supervisor's pipe: when that closes, nobody is left to stop it later.
  if (process.env.PENSTOCK_SUPERVISED === '1') {
    process.stdin.resume();
    process.stdin.once('end', () => void stop(EXIT.ok));
    process.stdin.once('error', () => void stop(EXIT.ok));
  }
  return { stop, isStopping: () => stopping !== undefined };
}
