// One device that publishes as fast as it can, and what the others notice of it: beside aedes by itself, which reads it as fast
// as it sends.

import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { percentile } from '../bench/percentile.ts';
import { startBareAedes, startEmbedded, UNBOUND_CLIENTS } from '../support/brokers.ts';
import { startLoad } from '../support/load.ts';
import { PacketClient } from '../support/packet-client.ts';
import { freePorts, ROOT, run, tempFolder } from '../support/processes.ts';
import { isLong, PROFILE, SEED } from './profile.ts';

let stack = new AsyncDisposableStack();
afterEach(() => stack.disposeAsync());

const DEVICES = 50;
const RATE = 500;
const MEASURED_MS = isLong ? 20_000 : 4_000;

type Seen = { readonly acknowledged: number; readonly p99Ms: number; readonly flood: number };

/** How the others fare, and how many messages a second of the flood go through. */
async function fare(port: number, withFlood: boolean): Promise<Seen> {
  await using parts = new AsyncDisposableStack();
  const latencies: number[] = [];
  let flood = 0;
  const reader = parts.use(await PacketClient.connect(port, { clientId: 'reader' }));
  await reader.subscribe(['flood', 0]);
  parts.use(
    await startLoad({
      ...{ port, devices: DEVICES, rate: RATE, qos: 1, window: 50, from: 0 },
      topic: (device) => `plant/v1/lyon/hall/d${device}/tele`,
      payload: (_, n) => `{"value":${n}}`,
      onAcked: (latencyMs) => latencies.push(latencyMs),
    }),
  );
  if (withFlood) {
    parts.use(run(process.execPath, [path.join(ROOT, 'test/support/flood.ts'), String(port), 'flooder', 'flood']));
    await reader.next('publish');
    await new Promise((resolve) => setTimeout(resolve, 2_000)); // its allowance is used up
  }
  reader.socket.removeAllListeners('data');
  reader.socket.on('data', (chunk: Buffer) => (flood += chunk.length));
  latencies.length = 0;
  await new Promise((resolve) => setTimeout(resolve, MEASURED_MS));
  const seconds = MEASURED_MS / 1_000;
  return {
    acknowledged: latencies.length / seconds,
    p99Ms: percentile(
      latencies.toSorted((a, b) => a - b),
      0.99,
    ),
    flood: flood / 115 / seconds,
  };
}

const told = ({ acknowledged, p99Ms, flood }: Seen) =>
  `${Math.round(acknowledged)} of ${RATE} a second, p99 ${p99Ms.toFixed(1)} ms (the flood ${Math.round(flood)} a second)`;

describe(`one device floods the broker (seed ${SEED}, ${PROFILE.devices} devices)`, () => {
  it('and is read slower; the others go on as before', async () => {
    stack = new AsyncDisposableStack();
    const open = async (env: NodeJS.ProcessEnv) => {
      const [port = 0, metricsPort = 0] = await freePorts(2);
      stack.use(await startEmbedded({ dataDir: stack.use(tempFolder()).path, port, metricsPort, env }));
      return port;
    };
    const [barePort = 0] = await freePorts(1);
    stack.use(await startBareAedes(barePort));
    const bare = await fare(barePort, true);
    const unbound = await fare(await open(UNBOUND_CLIENTS), true);
    const port = await open({});
    const alone = await fare(port, false);
    const bound = await fare(port, true);
    const rows = { 'aedes by itself': bare, 'without the limit': unbound, 'without the flood': alone, bound };
    for (const [name, seen] of Object.entries(rows)) process.stdout.write(`${name}: ${told(seen)}\n`);
    expect(bound.acknowledged).toBeGreaterThan(alone.acknowledged * 0.95);
    expect(bound.flood).toBeLessThan(Math.max(3_000, bare.flood));
  });
});
