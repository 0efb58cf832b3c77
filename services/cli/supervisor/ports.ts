// Whether the ports of a start are free, asked by listening on them for a moment; and free ones where the settings say 0.

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { flagName } from '#runtime/config.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import { describeSetting, type Listener } from './listeners.ts';
import { findPortHolder } from './port-holder.ts';

/** One sentence per address that cannot be had: which, who holds it if the system tells, and the setting that moves it. */
export async function portProblems(listeners: readonly Listener[]): Promise<string[]> {
  const problems: string[] = [];
  for (const listener of listeners) {
    if (listener.port === 0) continue;
    const { host, port } = listener;
    const code = await listenProblem(host, port);
    if (code === undefined) continue;
    problems.push(
      code === 'EADDRINUSE'
        ? `port ${port} at ${host} is in use by ${findPortHolder(port) ?? 'another program'}; stop that, or set ${describeSetting(listener)} to a free port`
        : `cannot listen on port ${port} at ${host} (${code}); set ${describeSetting(listener)} to another`,
    );
  }
  return problems;
}

/** Flags that give every listener whose port is 0 a port that is free now. */
export async function freePortFlags(listeners: readonly Listener[]): Promise<string[]> {
  const open = listeners.filter(({ port }) => port === 0);
  const ports = await freePorts(open.length);
  return open.flatMap(({ section, key }, index) => [flagName(section, key), String(ports[index])]);
}

/** Above 10080, the last of the ports that fetch() and browsers refuse to open (WHATWG Fetch, "bad port"). */
const PORT_MIN = 10_081;
const PORT_END = 32_768;

/**
 * Different ports that nobody listens on now. Not the system's choice (port 0): that is one of those it also gives to outgoing
 * connections (Linux: 32768 and up, net.ipv4.ip_local_port_range), so sooner or later some client's by the time a program
 * that was just started listens on it, or listens again after a kill.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(PORT_MIN, PORT_END);
    const problem = await listenProblem(ANY_ADDRESS, port);
    if (problem === undefined) ports.add(port);
    else if (problem !== 'EADDRINUSE') throw new StartError(`cannot listen on any port (${problem})`, EXIT.unavailable);
  }
  return [...ports];
}

const ANY_ADDRESS = '0.0.0.0';

/** Why nothing can listen there now, as the system's error code; undefined where it can. */
export async function listenProblem(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  server.listen(port, host, () => server.close(() => resolve(undefined)));
  return promise;
}
