// The bus against a broker that is not ours: Debian's mosquitto, where it is installed.

import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { findProgram, freePorts, run, tempFolder } from '../../../test/support/processes.ts';
import type { Delivery } from './bus.ts';
import { silentLog } from './log.ts';
import { openMqttBus } from './mqtt-bus.ts';

const mosquitto = findProgram('mosquitto');
if (mosquitto === undefined) process.stderr.write('mosquitto.test.ts: skipped, mosquitto is not installed\n');

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

test.skipIf(mosquitto === undefined)(
  'thousands in flight, acknowledged in order of arrival, and after a broker that was gone nothing is missing',
  async () => {
    using folder = tempFolder();
    const [port = 0] = await freePorts(1);
    const settings = path.join(folder.path, 'mosquitto.conf');
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'max_inflight_messages 0',
      'max_queued_messages 0',
    ];
    // Started as root it would change to a user of its own, who cannot write into our folder.
    lines.push(`user ${userInfo().username}`);
    writeFileSync(settings, [...lines, 'persistence true', `persistence_location ${folder.path}/`, ''].join('\n'));
    const startBroker = () => run(mosquitto ?? '', ['-c', settings]);
    const broker = startBroker();
    await using bus = openMqttBus({ url: `mqtt://127.0.0.1:${port}`, clientId: 'publisher' }, silentLog());
    const got: Delivery[] = [];
    await using consumer = bus.consume({
      clientId: 'worker',
      filters: ['a/#'],
      cleanSession: false,
      onDelivery: (delivery) => got.push(delivery),
    });
    await consumer.ready;
    const count = 3_000;
    await Promise.all(Array.from({ length: count }, (_, i) => bus.publish('a/b', String(i))));
    await soon(() => expect(got).toHaveLength(count));
    expect(got.map(({ payload }) => String(payload))).toEqual(Array.from({ length: count }, (_, i) => String(i)));
    expect(consumer.inFlight).toBe(count);
    for (const delivery of got.slice(0, 1_000).reverse()) delivery.ack();
    await soon(() => expect(consumer.inFlight).toBe(2_000));
    await broker[Symbol.asyncDispose](); // SIGTERM: it writes its sessions down
    const late = bus.publish('a/b', 'published while it was gone');
    got.length = 0;
    await using again = startBroker();
    await late;
    const expected = [...Array.from({ length: 2_000 }, (_, i) => String(1_000 + i)), 'published while it was gone'];
    await soon(() => {
      const texts = new Set(got.map(({ payload }) => String(payload)));
      expect(expected.filter((text) => !texts.has(text))).toEqual([]);
    });
    for (const delivery of got) delivery.ack();
    expect(again.child.exitCode).toBeNull();
  },
  40_000,
);
