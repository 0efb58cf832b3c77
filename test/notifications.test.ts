// Notifications of the running service: an alarm reaches a webhook, its end too, and neither is lost or told twice over a
// kill of the rules service or while the receiver is away.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pipeline, startPipeline } from './support/pipeline.ts';
import { until } from './support/processes.ts';

type Told = { readonly event: string; readonly alarmId: string };

describe('notifications', () => {
  let pipeline: Pipeline;
  let server: Server;
  let isAway = false;
  const bodies: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        if (!isAway) bodies.push(body);
        response.writeHead(isAway ? 503 : 204, isAway ? { 'retry-after': '1' } : {}).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    pipeline = await startPipeline({
      services: ['ingest', 'rules'],
      rules(folder) {
        const write = (file: string, content: object) =>
          writeFileSync(path.join(folder, file), JSON.stringify(content));
        mkdirSync(path.join(folder, 'notify'), { recursive: true });
        write('hot.json', {
          id: 'hot',
          inputs: { t: 'temperature' },
          condition: { '>': [{ var: 't' }, 80] },
          ackRequired: false,
        });
        write('notify/receivers.json', {
          allowedHosts: ['127.0.0.1'],
          allowPrivate: true,
          allowHttp: true,
          receivers: { ops: [{ type: 'webhook', url: `http://127.0.0.1:${port}/alarms` }] },
        });
        write('notify/routes.json', {
          routes: [{ receiver: 'ops', groupBy: ['alarm'], groupWait: '0s', groupInterval: '0s' }],
        });
      },
    });
  });
  afterAll(async () => {
    await pipeline?.[Symbol.asyncDispose]();
    await new Promise((resolve) => server.close(resolve));
  });

  const send = async (temperature: number) => {
    const client = await pipeline.client();
    await client.publishAsync('plant/v1/lyon/farm/t1/tele', JSON.stringify({ temperature }), { qos: 1 });
  };
  const told = () =>
    bodies.flatMap((body) => (JSON.parse(body) as { alarms: Told[] }).alarms.map(({ event }) => event));

  it('an alarm and its end reach the webhook, each once', async () => {
    await send(91);
    await until('the alarm at the webhook', () => told().includes('ACTIVE') || undefined);
    await send(20);
    await until('its end at the webhook', () => told().includes('RETURNED') || undefined);
    expect(told()).toEqual(['ACTIVE', 'RETURNED']);
  });

  it('what the receiver could not take is told after a kill, once', async () => {
    bodies.length = 0;
    isAway = true;
    await send(92);
    const client = await pipeline.client();
    const retained = new Set<string>();
    client.on('message', (topic) => retained.add(topic));
    await client.subscribeAsync('alarm/v1/#', { qos: 1 });
    await until('the alarm on MQTT', () => retained.has('alarm/v1/lyon/farm/hot/t1') || undefined);
    await pipeline.processes.get('rules')?.kill();
    isAway = false;
    await pipeline.restart('rules');
    await until('the alarm at the webhook', () => told().includes('ACTIVE') || undefined, 30_000);
    await send(20);
    await until('its end at the webhook', () => told().includes('RETURNED') || undefined);
    expect(told()).toEqual(['ACTIVE', 'RETURNED']);
  }, 60_000);
});
