// The way of a point, with every service a real process: a device publishes, the alarm is retained, a person acknowledges,
// the point is read back from the store, and what cannot be taken is rejected with its reason. Once for each broker and store.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import type { CommandEnvelope } from '#domain/command.ts';
import type { Rejected } from '#domain/rejected.ts';
import { missingPart, type Pipeline, type PipelineOptions, startPipeline } from './support/pipeline.ts';
import { until } from './support/processes.ts';

function writeRules(folder: string): void {
  const write = (file: string, content: object) => writeFileSync(path.join(folder, file), JSON.stringify(content));
  write('models/tank.model.json', {
    model: 'tank',
    metrics: { temperature: { unit: 'Cel', min: -20, max: 200, interval: '1s' }, level: { unit: 'm' } },
  });
  write('models/valve.model.json', { model: 'valve', metrics: { position: { unit: '%' } } });
  write('devices/cellar.json', {
    site: 'lyon',
    area: 'cellar',
    devices: {
      t1: { model: 'tank', labels: { tank: 'T1' } },
      v1: { model: 'valve', role: 'inlet', labels: { tank: 'T1' } },
    },
  });
  write('sources/home.json', { topic: 'home/{area}/{metric}', format: 'value', site: 'home', device: '{area}' });
  write('hot.json', {
    id: 'hot',
    groupBy: ['tank'],
    inputs: { temp: { metric: 'temperature', maxAge: '30s', unit: 'Cel' } },
    condition: { '>': [{ var: 'temp' }, 80] },
    deadband: 2,
    onDelay: '500ms',
    priority: 'high',
    rationalisation: { response: 'Open the cooling valve', timeToRespond: '10m' },
    annotations: { summary: '{{tank}} at {{temp}}' },
    actions: [
      {
        id: 'shut',
        on: ['active'],
        type: 'command',
        target: { select: { role: 'inlet' } },
        command: 'valve.set',
        args: { position: 0 },
        expiresAfter: '30s',
        ack: { accept: '5s', complete: '10s', retries: 1 },
      },
    ],
  });
}

/** Everything a client has received, by topic, newest last. */
function collect(client: MqttClient): Map<string, string[]> {
  const received = new Map<string, string[]>();
  client.on('message', (topic, payload) => received.set(topic, [...(received.get(topic) ?? []), payload.toString()]));
  return received;
}

const cases: PipelineOptions[] = [
  { broker: 'embedded', store: 'historian' },
  { broker: 'mosquitto', store: 'historian' },
  { broker: 'embedded', store: 'influxdb' },
];

for (const parts of cases) {
  const reason = missingPart(parts);
  const title = `${parts.broker} broker, ${parts.store} store`;
  if (reason !== undefined) process.stderr.write(`skipped: pipeline with ${title}: ${reason}\n`);

  describe.skipIf(reason !== undefined)(
    `pipeline: ${title}${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    () => {
      let pipeline: Pipeline;
      let device: MqttClient;
      let received: Map<string, string[]>;
      const alarmTopic = 'alarm/v1/lyon/cellar/hot/T1';
      const alarms = () =>
        (received.get(alarmTopic) ?? []).map((text) => (text === '' ? null : (JSON.parse(text) as AlarmMessage)));

      beforeAll(async () => {
        pipeline = await startPipeline({ ...parts, rules: writeRules });
        device = await pipeline.client();
        const observer = await pipeline.client();
        received = collect(observer);
        await observer.subscribeAsync(['alarm/v1/#', 'rejected/v1/#', 'plant/v1/+/+/+/cmd', 'device/v1/#'], { qos: 1 });
      });
      afterAll(async () => {
        await pipeline?.[Symbol.asyncDispose]();
      });

      it('carries a value from a device to the store', async () => {
        const measuredAt = Date.now();
        const envelope = { v: 1, b: 3, r: [{ n: 1, ts: measuredAt, m: { temperature: 21.5 } }] };
        await device.publishAsync('plant/v1/lyon/cellar/t1/tele', JSON.stringify(envelope), { qos: 1 });
        const rows = await until('the point in the store', async () => {
          const found = await pipeline.query(
            `SELECT "value" FROM "plant"."raw"."reading" WHERE "device" = 't1' AND "metric" = 'temperature'`,
          );
          return found.length > 0 ? found : undefined;
        });
        expect(rows).toEqual([[measuredAt, 21.5]]);
      });

      it('takes a bare value from a foreign topic', async () => {
        await device.publishAsync('home/kitchen/humidity', '47.5', { qos: 1 });
        const rows = await until('the point in the store', async () => {
          const found = await pipeline.query(
            `SELECT "value" FROM "plant"."raw"."reading" WHERE "site" = 'home' AND "metric" = 'humidity'`,
          );
          return found.length > 0 ? found : undefined;
        });
        expect(rows.map((row) => row[1])).toEqual([47.5]);
      });

      it('rejects a payload in words, keeps it, and says so of the device', async () => {
        await device.publishAsync('plant/v1/lyon/cellar/t1/tele', '{"temprature": 20}', { qos: 1 });
        const [text = ''] = await until('the rejection', () => received.get('rejected/v1/metric'));
        const rejected = JSON.parse(text) as Rejected;
        expect(rejected.message).toBe("model tank of t1 has no metric 'temprature'; did you mean 'temperature'?");
        expect(rejected).toMatchObject({ topic: 'plant/v1/lyon/cellar/t1/tele', payload: '{"temprature": 20}' });
        await until('the device to bear its last error', () =>
          received.get('device/v1/lyon/cellar/t1')?.find((view) => view.includes('did you mean')),
        );
      });

      it('raises an alarm that is retained, and commands the valve', async () => {
        const hot = setInterval(
          () => device.publish('plant/v1/lyon/cellar/t1/tele', '{"temperature": 91}', { qos: 1 }),
          100,
        );
        const raised = await until('the alarm', () => alarms().find((each) => each?.state === 'UNACK')).finally(() =>
          clearInterval(hot),
        );
        expect(raised).toMatchObject({
          rule: 'hot',
          instance: 'T1',
          priority: 'high',
          episode: 1,
          summary: 'T1 at 91',
          quality: 'GOOD',
        });
        expect(raised?.reason).toBe('temperature 91 °C > 80');
        const late = await pipeline.client();
        const retained = collect(late);
        await late.subscribeAsync(alarmTopic, { qos: 1 });
        await until('the retained alarm', () => retained.get(alarmTopic));
        const [text = ''] = await until('the command', () => received.get('plant/v1/lyon/cellar/v1/cmd'));
        const command = JSON.parse(text) as CommandEnvelope;
        expect(command).toMatchObject({
          cid: 'hot/T1/1/shut',
          cmd: 'valve.set',
          args: { position: 0 },
          reply: 'plant/v1/lyon/cellar/v1/ack',
        });
        expect(command.exp).toBeGreaterThan(Date.now());
        await device.publishAsync(
          command.reply,
          JSON.stringify({ cid: command.cid, status: 'SUCCEEDED', ts: Date.now() }),
          { qos: 1 },
        );
      });

      it('is acknowledged, returns, and leaves nothing retained', async () => {
        const operate = { op: 'ack', episode: 1, by: 'ada', comment: 'cooling back' };
        const operator = await pipeline.client(pipeline.loginOf('ada'));
        await operator.publishAsync('alarm-op/v1/lyon/cellar/hot/T1', JSON.stringify(operate), { qos: 1 });
        const acked = await until('the acknowledgement', () => alarms().find((each) => each?.state === 'ACKED'));
        expect(acked).toMatchObject({ ackedBy: 'ada', ackComment: 'cooling back' });
        await device.publishAsync('plant/v1/lyon/cellar/t1/tele', '{"temperature": 60}', { qos: 1 });
        await until('the alarm to be cleared', () => (alarms().at(-1) === null ? true : undefined));
      });

      it('has journaled every step, in order', async () => {
        const rows = await until('the journal', async () => {
          const found = await pipeline.query(
            `SELECT "state", "event", "command", "actor" FROM "plant"."raw"."alarm_event" WHERE "rule" = 'hot'`,
          );
          return found.some(([, , event]) => event === 'RETURNED') ? found : undefined;
        });
        const steps = rows.map(([, state, event, command]) => `${event} ${state} ${command ?? ''}`.trim());
        expect(steps).toEqual(
          expect.arrayContaining([
            'ACTIVE UNACK',
            'COMMAND:SENT UNACK SENT',
            'COMMAND:SUCCEEDED UNACK SUCCEEDED',
            'ACKED ACKED',
            'RETURNED NORM',
          ]),
        );
      });
    },
  );
}
