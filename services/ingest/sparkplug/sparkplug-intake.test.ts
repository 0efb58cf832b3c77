// Messages of an edge node through the whole of ingest: points, births, refusals, orders, and when each is acknowledged.

import { expect, test } from 'vitest';
import { decodeBatch, SeriesTable } from '#domain/batch.ts';
import { sparkplugTopics } from '#domain/sparkplug-topic.ts';
import type { PlantFiles } from '#runtime/plant-files.ts';
import type { Rejection } from '#runtime/rejected-log/rejection.ts';
import { modelNamed, testRegistry } from '../devices/testing.ts';
import { Ingest } from '../ingest.ts';
import { Batcher } from '../lines/batcher.ts';
import { Sequences } from '../sequences/sequences.ts';
import { REBIRTH } from './birth-metrics.ts';
import type { Publication } from './commands.ts';
import type { BirthChange } from './heard.ts';
import type { PayloadParts } from './payload.ts';
import { decodePayload } from './payload-decoder.ts';
import { encodePayload } from './payload-encoder.ts';
import { SparkplugIntake } from './sparkplug-intake.ts';
import { bdSeqOf, metricOf } from './testing.ts';

const T = 1_795_355_425_172;
const PRESS = { site: 'lyon', area: 'line-3', device: 'press' };
const FILES: PlantFiles = {
  models: new Map([['press', modelNamed('press', { pressure: { type: 'number', unit: 'bar', max: 10 } })]]),
  devices: new Map([['lyon/line-3/press', { ...PRESS, model: 'press', role: null, labels: {} }]]),
  problems: [],
};

function open() {
  const clock = { now: T };
  const acks: string[] = [];
  const rejected: Rejection[] = [];
  const published: Publication[] = [];
  const asked: string[] = [];
  const lines: string[] = [];
  const changes: { change: BirthChange; done: () => void }[] = [];
  const registry = testRegistry(FILES);
  const batcher = new Batcher({
    publish: async (_, payload) => {
      lines.push(...payload.toString().split('\n'));
    },
    ...{ bytesMax: () => 262_144, slots: 4 },
  });
  let intake: SparkplugIntake | undefined;
  const ingest = new Ingest({
    ...{ registry, batcher, sources: [], sequences: new Sequences(), now: () => clock.now, payloadBytesMax: 4_096 },
    afterWrite: (done) => done(),
    reject: async (rejection) => {
      rejected.push(rejection);
    },
    sparkplug: (owner) => {
      intake = new SparkplugIntake(owner, {
        ...{ registry, payloadBytesMax: 4_096, reorderMs: 2_000 },
        store: { keep: (change, done) => changes.push({ change, done }) },
        askRebirth: ({ edge }) => asked.push(edge),
        onGap: () => {},
        publish: async (publication) => {
          published.push(publication);
        },
      });
      return intake;
    },
  });
  const deliver = (topic: string, payload: Buffer, name = '', retained = false) =>
    ingest.take({ topic, payload, qos: 1, retained, ack: () => acks.push(name) });
  const send = (
    type: Parameters<typeof sparkplugTopics.message>[0],
    device: string | null,
    parts: PayloadParts,
    name = '',
  ) => deliver(sparkplugTopics.message(type, { group: 'lyon', edge: 'line-3', device }), encodePayload(parts), name);
  /** All that is published and written has come to rest. */
  const settle = async () => {
    for (const { done } of changes.splice(0)) done();
    await new Promise(setImmediate);
  };
  const points = () => {
    const found: string[] = [];
    decodeBatch(
      lines.splice(0).join('\n'),
      new SeriesTable(),
      ({ series, value, quality, measuredAt }) =>
        found.push(
          `${series.device} ${series.metric}=${value}${quality === 'good' ? '' : ` ${quality}`} +${measuredAt - T}`,
        ),
      ({ reason }) => expect.fail(reason),
    );
    return found;
  };
  if (intake === undefined) throw new Error('no intake');
  return { ...{ clock, acks, rejected, published, asked, changes, registry, intake, deliver, send, settle, points } };
}

const NODE: PayloadParts = {
  ...{ timestamp: T, seq: 0 },
  metrics: [
    bdSeqOf(1),
    metricOf({ name: REBIRTH }, false, 'Boolean'),
    metricOf({ name: 'load', alias: 1 }, 0.5, 'Float'),
  ],
};
const DEVICE: PayloadParts = {
  ...{ timestamp: T, seq: 1 },
  metrics: [
    metricOf(
      { name: 'pressure', alias: 2, properties: { quality: null, unit: 'psi', low: null, high: null } },
      14.5,
      'Double',
    ),
    metricOf({ name: 'Properties/FW' }, '2.1', 'String'),
  ],
};

test('births are acknowledged once they are on disk and their points at the broker, and say what devices are', async () => {
  const plant = open();
  plant.send('NBIRTH', null, NODE, 'node');
  plant.send('DBIRTH', 'press', DEVICE, 'device');
  await new Promise(setImmediate);
  expect(plant.acks).toEqual([]);
  expect(plant.changes.map(({ change }) => [change.kind, change.address.device])).toEqual([
    ['born', null],
    ['born', 'press'],
  ]);
  await plant.settle();
  expect(plant.acks).toEqual(['node', 'device']);
  expect(plant.points()).toEqual(['line-3 load=0.5 +0', 'press pressure=0.9997402 +0']);
  // The model of the file has no such metric.
  expect(plant.rejected.map(({ refusals }) => refusals.map(({ reason }) => reason))).toEqual([['metric']]);
  const views = plant.registry
    .takeChanges(T)
    .map(({ device, online, firmware, model }) => [device, online, firmware, model]);
  expect(views).toContainEqual(['press', true, '2.1', 'press']);
  expect(views).toContainEqual(['line-3', true, null, null]);
});

test('a message that waits for one that is missing is acknowledged when it is read', async () => {
  const plant = open();
  plant.send('NBIRTH', null, NODE);
  await plant.settle();
  plant.points();
  const data = (seq: number, value: number) => ({ timestamp: T + seq, seq, metrics: [metricOf({ alias: 1 }, value)] });
  plant.send('NDATA', null, data(2, 2), 'second');
  await plant.settle();
  expect([plant.points(), plant.acks.includes('second')]).toEqual([[], false]);
  plant.send('NDATA', null, data(1, 1), 'first');
  await plant.settle();
  expect(plant.points()).toEqual(['line-3 load=1 +1', 'line-3 load=2 +2']);
  expect(plant.acks.slice(1)).toEqual(['first', 'second']);
});

test('what is refused is kept with everything that is wrong, and shown at the device', async () => {
  const plant = open();
  plant.send('NDATA', null, { timestamp: T, seq: 4, metrics: [metricOf({ alias: 1 }, 1)] }, 'data');
  plant.deliver('spBv1.0/lyon/NDATA/line-3', Buffer.from([8]), 'cut');
  plant.deliver('spBv1.0/lyon/NDATA/line-3', Buffer.alloc(5_000), 'large');
  plant.deliver('spBv1.0/Lyon 2/NDATA/line-3', Buffer.alloc(0), 'place');
  plant.deliver('spBv1.0/lyon/NDATA', Buffer.alloc(0), 'short');
  plant.deliver('spBv1.0/lyon/NBIRTH/line-3', encodePayload(NODE), 'retained', true);
  await plant.settle();
  expect(plant.rejected.map(({ refusals }) => refusals.map(({ reason, message }) => `${reason}: ${message}`))).toEqual([
    ["birth: the edge node 'line-3' of group 'lyon' has not said what its metrics are (NBIRTH), or has died since"],
    ['protobuf: the payload is no Sparkplug B that can be read: at byte 1: a number breaks off'],
    ['size: the payload has 5000 bytes; at most 4096 are taken'],
    [
      "topic: the group 'Lyon 2' must be a letter or digit, then up to 63 letters, digits, dots, underscores or hyphens, or a map of names must name it",
    ],
    [
      'topic: the topic is none of Sparkplug: spBv1.0/{group}/{type}/{edge node}, and /{device} where the type begins with D',
    ],
    ['shape: the message was retained, which no message of an edge node may be: nobody knows how old it is'],
  ]);
  expect(plant.acks).toEqual(['data', 'cut', 'large', 'place', 'short', 'retained']);
  expect(plant.asked).toEqual(['line-3']);
});

test('at its death all is stale and offline; its clock is not measured by that', async () => {
  const plant = open();
  plant.clock.now = T + 3_000;
  plant.send('NBIRTH', null, NODE);
  plant.send('DBIRTH', 'press', DEVICE);
  await plant.settle();
  plant.points();
  plant.clock.now = T + 9_000;
  plant.send('NDEATH', null, { metrics: [bdSeqOf(1)] }, 'death');
  await plant.settle();
  expect(plant.points()).toEqual(['line-3 load=null bad +9000', 'press pressure=null bad +9000']);
  expect(plant.acks).toContain('death');
  const views = plant.registry.takeChanges(T).filter(({ device }) => device === 'press');
  expect(views).toMatchObject([{ online: false, clockSkewMs: -3_000 }]);
});

test('what time brings comes of no message', async () => {
  const plant = open();
  plant.send('NBIRTH', null, NODE);
  plant.send('DBIRTH', 'press', DEVICE);
  plant.send('NBIRTH', null, { ...NODE, timestamp: T + 1 });
  await plant.settle();
  plant.points();
  plant.clock.now = T + 60_000;
  plant.intake.nodes.tick(plant.clock.now);
  await plant.settle();
  expect(plant.points()).toEqual(['press pressure=null bad +60000']);
});

test('what is sent again is read by the birth of now, and nobody is born or dies by it', async () => {
  const plant = open();
  plant.send('NBIRTH', null, NODE);
  await plant.settle();
  plant.points();
  const again = (topic: string, parts: PayloadParts) =>
    plant.deliver(`replay/v1/${topic}`, encodePayload(parts), 'again');
  again('spBv1.0/lyon/NDATA/line-3', { timestamp: T - 900, seq: 77, metrics: [metricOf({ alias: 1 }, 9)] });
  again('spBv1.0/lyon/NDEATH/line-3', { metrics: [bdSeqOf(1)] });
  again('spBv1.0/lyon/DDATA/line-3/press', { timestamp: T - 900, seq: 78, metrics: [metricOf({ alias: 2 }, 9)] });
  plant.send('NDATA', null, { timestamp: T + 1, seq: 1, metrics: [metricOf({ alias: 1 }, 10)] });
  await plant.settle();
  expect(plant.points()).toEqual(['line-3 load=9 +-900', 'line-3 load=10 +1']);
  expect(plant.rejected.map(({ topic }) => topic)).toEqual(['replay/v1/spBv1.0/lyon/DDATA/line-3/press']);
  expect([plant.intake.nodes.alive, plant.asked]).toEqual([1, []]);
});

test('an order is written, answered, and done when the device reports it; in the unit of the model', async () => {
  const plant = open();
  plant.send('NBIRTH', null, NODE);
  plant.send('DBIRTH', 'press', DEVICE);
  await plant.settle();
  const order = (args: object, cid: string, device = 'press') => {
    const envelope = { cid, cmd: 'set', args, exp: T + 30_000, reply: `plant/v1/lyon/line-3/${device}/ack`, rev: '1' };
    plant.deliver(`plant/v1/lyon/line-3/${device}/cmd`, Buffer.from(JSON.stringify(envelope)), cid);
  };
  order({ pressure: 2 }, 'c1');
  order({ pressure: 2 }, 'for somebody else', 'plc');
  await plant.settle();
  const said = () =>
    plant.published
      .splice(0)
      .map(({ topic, payload }) => (typeof payload === 'string' ? `${topic} ${JSON.parse(payload).status}` : topic));
  const written = decodePayload(plant.published[0]?.payload as Buffer);
  if ('problem' in written) throw new Error(written.problem);
  expect(said()).toEqual(['spBv1.0/lyon/DCMD/line-3/press', 'plant/v1/lyon/line-3/press/ack ACCEPTED']);
  expect(plant.acks.slice(2)).toEqual(['for somebody else', 'c1']);
  expect(written.metrics).toMatchObject([
    { name: 'pressure', alias: 2, value: { number: expect.closeTo(29.0075, 3) } },
  ]);
  plant.send('DDATA', 'press', { timestamp: T + 5, seq: 2, metrics: written.metrics });
  await plant.settle();
  expect(said()).toEqual(['plant/v1/lyon/line-3/press/ack SUCCEEDED']);
  order({ pressure: 'high' }, 'c2');
  plant.deliver('plant/v1/lyon/line-3/press/cmd', Buffer.from('open!'), 'c3');
  await plant.settle();
  expect(said()).toEqual(['plant/v1/lyon/line-3/press/ack REJECTED']);
  expect(plant.rejected.at(-1)?.refusals).toEqual([
    { reason: 'shape', message: 'the command cannot be read: a command is a JSON object' },
  ]);
});
