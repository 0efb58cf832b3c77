import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clashesOf, type Listener } from './listeners.ts';
import { findPortHolder, listeningInodes } from './port-holder.ts';
import { freePortFlags, freePorts, portProblems } from './ports.ts';

const server = createServer();
let port = 0;

beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

const broker = (): Listener => ({ host: '127.0.0.1', port, section: 'broker', key: 'port' });

describe('portProblems()', () => {
  it('names the port, its holder and the setting that moves it', async () => {
    const [problem] = await portProblems([broker()]);
    expect(problem).toContain(`port ${port} at 127.0.0.1 is in use by`);
    expect(problem).toContain('PENSTOCK_BROKER_PORT (or --broker-port)');
    if (process.platform === 'linux') expect(problem).toContain(`(process ${process.pid})`);
  });

  it('is content with a free port and with port 0', async () => {
    const [free] = await freePorts(1);
    expect(
      await portProblems([
        { ...broker(), port: Number(free) },
        { ...broker(), port: 0 },
      ]),
    ).toEqual([]);
  });

  it('says so where the address is not ours to listen on', async () => {
    expect(await portProblems([{ ...broker(), host: '192.0.2.1' }])).toEqual([
      expect.stringMatching(/EADDRNOTAVAIL.*PENSTOCK_BROKER_PORT/),
    ]);
  });
});

it('freePortFlags() gives a flag with a free port to each listener on port 0, and to no other', async () => {
  const metrics: Listener = { host: '127.0.0.1', port: 0, section: 'broker', key: 'metricsPort' };
  const [flag, chosen, ...rest] = await freePortFlags([broker(), metrics]);
  expect(flag).toBe('--broker-metrics-port');
  expect(Number(chosen)).toBeGreaterThan(0);
  expect(rest).toEqual([]);
});

it('clashesOf() finds two of our own on one port, but not on two addresses', () => {
  const history: Listener = { ...broker(), section: 'historian' };
  expect(clashesOf([broker(), history])).toEqual([
    expect.stringMatching(/PENSTOCK_BROKER_PORT.*PENSTOCK_HISTORIAN_PORT/),
  ]);
  expect(clashesOf([broker(), { ...history, host: '0.0.0.0' }])).toHaveLength(1);
  expect(clashesOf([broker(), { ...history, host: '127.0.0.2' }])).toEqual([]);
  expect(
    clashesOf([
      { ...broker(), port: 0 },
      { ...history, port: 0 },
    ]),
  ).toEqual([]);
});

describe('findPortHolder()', () => {
  it('reads the inodes of listening sockets only', () => {
    const text = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:075B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1',
      '   1: 0100007F:075B 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1',
      '   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4713 1',
    ].join('\n');
    expect(listeningInodes(text, 1883)).toEqual(['4711']);
    expect(listeningInodes('', 1883)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('finds ourselves', () => {
    expect(findPortHolder(port)).toMatch(new RegExp(`\\(process ${process.pid}\\)$`));
  });
});
