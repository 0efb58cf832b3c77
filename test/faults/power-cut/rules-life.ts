// Lives of the rules service that are recorded, each with work of its own: a broker in the test's hands gives it points and
// takes what it decides, and the rules folder changes under it.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodePoint, SeriesTable } from '#domain/batch.ts';
import { topics } from '#domain/topic.ts';
import { until } from '../../support/processes.ts';
import type { Recording } from '../../support/recorded-disk/record.ts';
import { HIGH } from '../ledger.ts';
import { PLACE, writeRules } from '../plant.ts';
import { PointBroker } from './point-broker.ts';
import { type RecordedService, recordService } from './record-service.ts';

export type Sent = { readonly device: number; readonly ts: number; readonly value: number };

export type RecordedLife = {
  readonly recording: Recording;
  /** What the broker had, in its order; the message id is the place and one. */
  readonly sent: readonly Sent[];
  readonly rulesDir: string;
};

export type Scene = {
  /** Gives it as many points, some at a time, and waits for their acknowledgements. */
  put(count: number, point: (i: number) => Pick<Sent, 'device' | 'value'>): Promise<void>;
  /** The engine's state is written down whole. */
  addRule(): Promise<void>;
  /** Ends it, and starts it again. */
  again(how: 'killed' | 'stopped'): Promise<void>;
};

/** A device's value is high for so many of its points, and low for as many. */
const RUN = 3;
const DEVICES = 5;
/** Points under way at once: what comes in one turn is written down together. */
const BURST = 3;

const toggling = (i: number) => ({
  device: i % DEVICES,
  value: i + (Math.floor(i / DEVICES / RUN) % 2 === 0 ? 0 : HIGH),
});

type Work = (scene: Scene) => Promise<void>;

/** A witness has work of which the loss of any sync shows. */
export const SCENES: { readonly [name: string]: { readonly live: Work; readonly isWitness?: true } } = {
  'devices that are new': { live: (scene) => scene.put(150, (i) => ({ device: i, value: i + HIGH })) },
  'the same devices until their log is let go of': {
    live: async (scene) => {
      await scene.put(700, toggling);
      await scene.addRule();
      await scene.put(100, toggling);
    },
    isWitness: true,
  },
  'killed in between': { live: (scene) => workTwice(scene, 'killed') },
  'stopped in between': { live: (scene) => workTwice(scene, 'stopped') },
};

async function workTwice(scene: Scene, how: 'killed' | 'stopped'): Promise<void> {
  await scene.put(60, toggling);
  await scene.again(how);
  await scene.put(60, toggling);
}

/** @param folder for all that it needs */
export async function recordLife(folder: string, live: Work): Promise<RecordedLife> {
  const [data, rulesDir] = [path.join(folder, 'data'), path.join(folder, 'rules')];
  for (const each of [data, rulesDir, ...['models', 'devices', 'sources'].map((name) => path.join(rulesDir, name))])
    mkdirSync(each, { recursive: true });
  writeRules(rulesDir);
  await using broker = await new PointBroker('penstock-rules-in').listen();
  const sent: Sent[] = [];
  const from = Date.now();
  const env = { PENSTOCK_RULES_DIR: rulesDir, PENSTOCK_BROKER_URL: broker.url };
  const recording = await recordService({ service: 'rules', data, scratch: folder, env }, (recorded) =>
    live({
      put: (count, point) => put(broker, sent, { count, point, from }),
      addRule: () => addRule(recorded, rulesDir),
      again: (how) => recorded.again(how),
    }),
  );
  return { recording, sent, rulesDir };
}

async function put(
  broker: PointBroker,
  sent: Sent[],
  {
    count,
    point,
    from,
  }: { readonly count: number; readonly point: (i: number) => Omit<Sent, 'ts'>; readonly from: number },
): Promise<void> {
  for (let i = 0; i < count; i++) {
    const each = { ...point(sent.length), ts: from + sent.length };
    sent.push(each);
    broker.send(deliveryOf(each));
    if (i % BURST === BURST - 1) await broker.settled();
  }
  await broker.settled();
}

async function addRule(running: RecordedService, rulesDir: string): Promise<void> {
  const loadings = () => running.output().split('rules loaded').length;
  const before = loadings();
  const another = {
    id: 'another',
    inputs: { v: 'another' },
    condition: { '>': [{ var: 'v' }, 1] },
    ackRequired: false,
  };
  writeFileSync(path.join(rulesDir, 'another.json'), JSON.stringify(another));
  await until('the rules to be loaded again', () => loadings() > before || undefined);
}

const table = new SeriesTable();

export function deliveryOf({ device, ts, value }: Sent): { readonly topic: string; readonly payload: string } {
  const series = table.of({ ...PLACE, device: `d${device}` });
  const payload = encodePoint({ series, value, quality: 'good', measuredAt: ts, late: false });
  return { topic: topics.points(series.shard), payload };
}
