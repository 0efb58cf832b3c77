// The whole pipeline around a mosquitto that stands in by the exported files: TLS, and every service by its own token with its
// own rights. A device, an operator and a viewer come as they would come to the embedded broker.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmMessage } from '#domain/alarm.ts';
import { type Pipeline, startPipeline } from '../support/pipeline.ts';
import { until } from '../support/processes.ts';
import type { Probe } from './probe.ts';
import { missingSide, type Side, startSide } from './sides.ts';

const DEVICE = 'lyon/tank-farm/tank-09';
const TELE = `plant/v1/${DEVICE}/tele`;
const CONTENT = {
  users: { root: { role: 'admin' }, vera: { role: 'viewer' }, olga: { role: 'operator' } },
  devices: { [DEVICE]: {} },
};
const missing = missingSide('mosquitto');

describe.skipIf(missing !== undefined)(
  `the pipeline around an exported mosquitto${missing ? `: ${missing}` : ''}`,
  () => {
    let side: Side;
    let pipeline: Pipeline;
    let device: Probe;
    let viewer: Probe;
    beforeAll(async () => {
      side = await startSide('mosquitto', CONTENT);
      pipeline = await startPipeline({
        broker: 'elsewhere',
        services: ['ingest', 'rules', 'writer'],
        env: { ...side.env, PENSTOCK_DATA: side.dataDir },
      });
      device = await side.connect(DEVICE);
      viewer = await side.connect('vera');
      await viewer.subscribe(['alarm/v1/#', 'service/v1/#', 'rejected/v1/#']);
    });
    afterAll(async () => {
      await pipeline?.[Symbol.asyncDispose]();
      for (const probe of [device, viewer]) probe?.[Symbol.dispose]();
      await side?.[Symbol.asyncDispose]();
    });

    const alarms = () =>
      viewer.heard
        .filter(({ topic, payload }) => topic.startsWith('alarm/v1/lyon/') && payload !== '')
        .map(({ payload }) => JSON.parse(payload) as AlarmMessage);
    const stored = (metric: string) =>
      pipeline.query(
        `SELECT "value" FROM "plant"."raw"."reading" WHERE "device" = 'tank-09' AND "metric" = '${metric}'`,
      );

    it('every service says that it is up', async () => {
      const isUp = (name: string) =>
        viewer.heard.some(({ topic, payload }) => topic === `service/v1/${name}/${name}` && payload.includes('"up"'));
      await until('all services', () => ['ingest', 'rules', 'writer'].every(isUp) || undefined);
    });

    it('a value comes from a device to the store, and a payload that cannot be taken is rejected', async () => {
      await device.publish(TELE, '{"temperature": 21.5}');
      await until('the point', async () => ((await stored('temperature')).length > 0 ? true : undefined));
      await device.publish(TELE, '{"temprature": 21.5}');
      await until('the rejection', () => viewer.heard.some(({ topic }) => topic === 'rejected/v1/metric') || undefined);
    });

    it('an alarm reaches whoever may see it, and an operator acknowledges it; a viewer cannot', async () => {
      await device.publish(TELE, '{"temperature": 95}');
      const alarm = await until('the alarm', () => alarms().find(({ state }) => state === 'UNACK'), 30_000);
      const topic = viewer.heard.find(({ topic: each }) => each.startsWith('alarm/v1/lyon/'))?.topic ?? '';
      const operation = JSON.stringify({ op: 'ack', episode: alarm.episode, by: 'olga', comment: 'seen' });
      const operationTopic = topic.replace('alarm/', 'alarm-op/');
      using unable = await side.connect('vera', { clientId: 'again' });
      expect(await unable.publish(operationTopic, operation)).toBe(false);
      using olga = await side.connect('olga');
      expect(await olga.publish(operationTopic, operation)).toBe(true);
      await viewerBack();
      await until('the acknowledgement', () => alarms().find(({ state }) => state === 'ACKED'));
    });

    /** One connection for each user: the other one has taken its place. */
    async function viewerBack(): Promise<void> {
      viewer[Symbol.dispose]();
      viewer = await side.connect('vera');
      await viewer.subscribe(['alarm/v1/#']);
    }

    it('mosquitto had nothing to deny to any service', async () => {
      await until('points of both kinds', async () => ((await stored('temperature')).length > 1 ? true : undefined));
      expect(
        side.running
          .output()
          .split('\n')
          .filter((line) => /denied|not authori[sz]ed/i.test(line)),
      ).toEqual([]);
    });
  },
);
