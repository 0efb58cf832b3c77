// A simulated device against the real broker: what only a real connection can show.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '#runtime/log.ts';
import { openMqttBus } from '#runtime/mqtt-bus.ts';
import { startBareAedes } from '../../../test/support/brokers.ts';
import { freePorts } from '../supervisor/ports.ts';
import { serviceProgram } from '../supervisor/service-children.ts';
import { waitFor } from '../testing.ts';
import type { DeviceLink } from './device-link.ts';
import { SIMULATED_DEVICES } from './devices.ts';
import { mqttLinks } from './mqtt-link.ts';
import { statusMessage } from './payload.ts';

let folder: string;
let broker: ChildProcess;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-link-'));
  const [port] = await freePorts(1);
  url = `mqtt://127.0.0.1:${port}`;
  const ports = ['--broker-port', `${port}`, '--broker-ws-port', 'off', '--broker-metrics-port', '0'];
  const args = [serviceProgram('broker'), '--data', folder, ...ports];
  broker = spawn(process.execPath, args, { stdio: 'ignore' });
});

afterAll(async () => {
  broker.kill('SIGTERM');
  await once(broker, 'exit');
  rmSync(folder, { recursive: true });
});

it('is born on connecting, dies by its last will, is born again, and says goodbye', async () => {
  const device = SIMULATED_DEVICES.find(({ device: name }) => name === 'tank-03');
  if (device === undefined) throw new Error('the plant has a tank-03');
  const seen: string[] = [];
  await using bus = openMqttBus({ url, clientId: 'watcher' }, silentLog());
  await using watcher = bus.consume({
    clientId: 'watcher-of-status',
    filters: ['plant/v1/+/+/tank-03/status'],
    cleanSession: true,
    onDelivery: ({ payload, ack }) => {
      seen.push(JSON.parse(payload.toString()).s);
      ack();
    },
  });
  await watcher.ready;
  const link: DeviceLink = mqttLinks({ url })(device, {
    onConnected: () => link.send(statusMessage(device, 'online')),
    onCommand: () => {},
  });
  await waitFor('the birth', () => seen.join() === 'online');
  link.cut();
  await waitFor('the last will', () => seen.join() === 'online,offline');
  link.send(statusMessage(device, 'online'));
  expect(link.droppedCount).toBe(1);
  link.restore();
  await waitFor('the second birth', () => seen.join() === 'online,offline,online');
  await link[Symbol.asyncDispose]();
  await waitFor('the goodbye', () => seen.join() === 'online,offline,online,offline');
});

it('an inlet hears its commands, and knows which the broker had kept', async () => {
  const device = SIMULATED_DEVICES.find(({ inletOf }) => inletOf === 1);
  if (device === undefined) throw new Error('the plant has an inlet of tank 2');
  const heard: string[] = [];
  // Ours takes no command that is to be retained; others do.
  const [port = 0] = await freePorts(1);
  await using _other = await startBareAedes(port);
  const url = `mqtt://127.0.0.1:${port}`;
  await using bus = openMqttBus({ url, clientId: 'commander' }, silentLog());
  const topic = 'plant/v1/lyon/tank-farm/tank-02-inlet/cmd';
  await bus.publish(topic, 'old', { retain: true });
  await using _link = mqttLinks({ url })(device, {
    onConnected: () => {},
    onCommand: (payload, isRetained) => heard.push(`${payload} ${isRetained}`),
  });
  await waitFor('the retained command', () => heard.join() === 'old true');
  await bus.publish(topic, 'new');
  await waitFor('the new command', () => heard.join() === 'old true,new false');
});
