// What aedes by itself keeps of strangers who announce 256 MB and send some of it: the attack that the length guard ends
// (connections.test.ts).

import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { memoryMegabytes } from '../../../test/bench/memory.ts';
import { startBareAedes } from '../../../test/support/brokers.ts';
import { freePorts, until } from '../../../test/support/processes.ts';

const STRANGERS = 10;
const MEGABYTES = 20;

test('aedes by itself keeps everything that ten strangers announce and drip', async () => {
  await using stack = new AsyncDisposableStack();
  const [port = 0] = await freePorts(1);
  const broker = stack.use(await startBareAedes(port));
  const before = memoryMegabytes(broker, 'VmRSS');
  const drip = Buffer.alloc(1024 * 1024);
  for (let n = 0; n < STRANGERS; n++) {
    const socket = connect({ port, host: '127.0.0.1' });
    stack.defer(() => void socket.destroy());
    socket.on('error', () => {});
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    for (let sent = 0; sent < MEGABYTES; sent++) socket.write(drip);
  }
  const grown = await until('it to grow', () => {
    const megabytes = memoryMegabytes(broker, 'VmRSS') - before;
    return megabytes > (STRANGERS * MEGABYTES * 3) / 4 ? megabytes : undefined;
  });
  expect(grown).toBeGreaterThan(100);
}, 40_000);
