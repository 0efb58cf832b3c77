// The bus against a broker that is not ours: Debian's mosquitto, where it is installed.

import { expect, test, vi } from 'vitest';
import { startMosquitto } from '../../../test/support/brokers.ts';
import { findProgram, freePorts, tempFolder, until } from '../../../test/support/processes.ts';
import type { Delivery } from './bus.ts';
import { silentLog } from './log.ts';
import { openMqttBus } from './mqtt-bus.ts';

const mosquitto = findProgram('mosquitto');
if (mosquitto === undefined) process.stderr.write('mosquitto.test.ts: skipped, mosquitto is not installed\n');

/** Without a window of its own, as aedes is, and with a memory. */
const runMosquitto = (folder: string, port: number) =>
  startMosquitto(folder, port, [
    'max_inflight_messages 0',
    'max_queued_messages 0',
    'persistence true',
    `persistence_location ${folder}/`,
  ]);

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

test.skipIf(mosquitto === undefined)(
  'thousands in flight, acknowledged in order of arrival, and after a broker that was gone nothing is missing',
  async () => {
    using folder = tempFolder();
    const [port = 0] = await freePorts(1);
    const startBroker = () => runMosquitto(folder.path, port);
    const broker = await startBroker();
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
    await using again = await startBroker();
    await late;
    // It sends the 2,000 again, which are still in work here: they are not worked on twice. What was acknowledged while it
    // stopped it may not have read, and sends again too.
    await soon(() =>
      expect(got.slice(count).map(({ payload }) => String(payload))).toContain('published while it was gone'),
    );
    const repeated = got.slice(count, -1).map(({ payload }) => Number(payload));
    expect(repeated.every((n) => n < 1_000)).toBe(true);
    for (const delivery of got) delivery.ack();
    await soon(() => expect(consumer.inFlight).toBe(0));
    await consumer[Symbol.asyncDispose]();
    // All of that was acknowledged under the ids that it came with at last: to who comes next there is nothing to send.
    const left: Delivery[] = [];
    await using next = bus.consume({
      clientId: 'worker',
      filters: ['a/#'],
      cleanSession: false,
      onDelivery: (delivery) => left.push(delivery),
    });
    await next.ready;
    await bus.publish('a/b', 'last');
    await soon(() => expect(left.map(({ payload }) => String(payload))).toEqual(['last']));
    for (const delivery of left) delivery.ack();
    expect(again.child.exitCode).toBeNull();
  },
  40_000,
);

test.skipIf(mosquitto === undefined)(
  'a window that is too small is left and come back to, and nothing is worked on twice, or out of order',
  async () => {
    using folder = tempFolder();
    const [port = 0] = await freePorts(1);
    await using _broker = await runMosquitto(folder.path, port);
    await using bus = openMqttBus({ url: `mqtt://127.0.0.1:${port}`, clientId: 'publisher' }, silentLog());
    const got: Delivery[] = [];
    const sessions: string[] = [];
    await using consumer = bus.consume({
      clientId: 'worker',
      filters: ['a/#'],
      cleanSession: false,
      window: 200,
      onSession: (kind) => sessions.push(kind),
      onDelivery: (delivery) => got.push(delivery),
    });
    await consumer.ready;
    const texts = Array.from({ length: 2_000 }, (_, i) => `${i}:`.padEnd(2_000, 'x'));
    await Promise.all(texts.map((text) => bus.publish('a/b', text)));
    let done = 0;
    await until('all of it', () => {
      // No more than what keeps it waiting until it has left for the first time.
      const due = sessions.length > 1 ? got.length : Math.min(got.length, 50);
      for (; done < due; done++) got[done]?.ack();
      if (sessions.length === 1 && consumer.problem()?.includes('in work') === true)
        for (; done < got.length; done++) got[done]?.ack();
      return got.length >= texts.length && consumer.inFlight === 0 ? true : undefined;
    });
    expect(sessions.slice(0, 2)).toEqual(['new', 'resumed']);
    expect(got.map(({ payload }) => String(payload))).toEqual(texts);
  },
  40_000,
);
