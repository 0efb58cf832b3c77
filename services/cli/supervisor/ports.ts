// Whether the ports of a start are free, asked by listening on them for a moment; and free ones where the settings say 0.

import { type AddressInfo, createServer } from 'node:net';
import { flagName } from '#runtime/config.ts';
import { describeSetting, type Listener } from './listeners.ts';
import { findPortHolder } from './port-holder.ts';

/** One sentence per address that cannot be had: which, who holds it if the system tells, and the setting that moves it. */
export async function portProblems(listeners: readonly Listener[]): Promise<string[]> {
  const problems: string[] = [];
  for (const listener of listeners) {
    if (listener.port === 0) continue;
    const { host, port } = listener;
    const code = await tryListen(host, port);
    if (typeof code === 'number') continue;
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
  const flags: string[] = [];
  for (const { host, port, section, key } of listeners) {
    if (port !== 0) continue;
    const free = await tryListen(host, 0);
    // Where even that fails the service itself will say why.
    if (typeof free === 'number') flags.push(flagName(section, key), String(free));
  }
  return flags;
}

/** The port it could listen on, or the error's code. */
export async function tryListen(host: string, port: number): Promise<number | string> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number | string>();
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  server.listen(port, host, () => {
    const { port: got } = server.address() as AddressInfo;
    server.close(() => resolve(got));
  });
  return promise;
}
