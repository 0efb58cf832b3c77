// Sparkplug in ingest, put together: births from disk, edge nodes, and what they are asked for.

import path from 'node:path';
import { crc32 } from 'node:zlib';
import { type EdgeName, sparkplugTopics } from '#domain/sparkplug-topic.ts';
import type { Bus } from '#runtime/bus.ts';
import type { Sections } from '#runtime/config.ts';
import { isDiskFull } from '#runtime/disk-full.ts';
import type { ProblemCheck } from '#runtime/problems.ts';
import type { Service } from '#runtime/process.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import type { DeviceRegistry } from '../devices/registry.ts';
import type { Ingest } from '../ingest.ts';
import { REBIRTH } from './birth-metrics.ts';
import { BirthStore } from './birth-store.ts';
import { readPayload } from './compressed-payload.ts';
import { datatypeOf } from './datatype.ts';
import { encodePayload } from './payload-encoder.ts';
import type { PlaceOf } from './place.ts';
import { SparkplugIntake } from './sparkplug-intake.ts';

const FILE = 'births.db';
const BOOLEAN = 11;

export type SparkplugSettings = {
  readonly bus: Bus;
  readonly registry: DeviceRegistry;
  readonly placeOf: PlaceOf;
  readonly payloadBytesMax: number;
  readonly reorderMs: number;
};

export type OpenSparkplug = {
  readonly reader: (ingest: Ingest) => SparkplugIntake;
  readonly onSession: (kind: 'resumed' | 'new') => void;
  /** Time has passed. */
  readonly tick: () => void;
};

/** @throws StartError where the births that are kept cannot be read */
export function openSparkplug<S extends Sections>(service: Service<S>, settings: SparkplugSettings): OpenSparkplug {
  const { metrics, health, stack, now, log } = service;
  const { bus, registry, placeOf, payloadBytesMax, reorderMs } = settings;
  const { data } = (service.config as Service<Record<never, never>>['config']).root;
  const store = stack.use(openBirthStore(path.join(data, 'ingest', FILE)));
  health.add('births', () => store.problem());
  const rebirths = metrics.counter('ingest_sparkplug_rebirths_total', 'Rebirths that edge nodes were asked for.');
  const missed = metrics.counter('ingest_sparkplug_missed_total', 'Messages of edge nodes found missing.');
  let nodes: SparkplugIntake['nodes'] | undefined;
  metrics.gauge('ingest_sparkplug_nodes', 'Edge nodes known.', () => nodes?.size ?? 0);
  metrics.gauge('ingest_sparkplug_nodes_alive', 'Edge nodes that are there.', () => nodes?.alive ?? 0);
  metrics.gauge('ingest_sparkplug_metrics', 'Metrics of all births, and their devices.', () => nodes?.metrics ?? 0);
  service.problems.add(tooManyEdgeNodes(() => nodes?.takeRefused() ?? 0, now));
  const askRebirth = (name: EdgeName) => {
    rebirths.inc();
    const topic = sparkplugTopics.message('NCMD', { ...name, device: null });
    // Only a closing bus refuses, and our next life asks again.
    void bus.publish(topic, rebirthPayload(now()), { qos: 0, expiryMs: reorderMs }).catch(() => {});
  };
  const reader = (ingest: Ingest): SparkplugIntake => {
    const intake = new SparkplugIntake(ingest, {
      ...{ registry, store, payloadBytesMax, reorderMs, askRebirth },
      onGap: (missing) => missed.inc(missing),
      publish: ({ topic, payload, options }) => bus.publish(topic, payload, options),
    });
    let lost = 0;
    for (const { address, bytes, qos, state, at } of store.rows()) {
      const buffer = Buffer.from(bytes);
      const [device, payload] = [placeOf(address), readPayload(buffer, Number.MAX_SAFE_INTEGER)];
      if ('reason' in device || 'problem' in payload) lost++;
      else intake.nodes.restore({ address, device, payload, mark: crc32(buffer), qos, state, at });
    }
    if (lost > 0)
      log.warn({ births: lost }, 'births that were kept name no devices any more; their nodes are asked anew');
    nodes = intake.nodes;
    return intake;
  };
  return {
    reader,
    onSession: (kind) => nodes?.onSession(kind, now()),
    tick: () => {
      store.write();
      nodes?.tick(now());
    },
  };
}

/** How long the alarm stands after the last birth that was refused for want of room. */
const STANDS_MS = 10 * 60_000;

function tooManyEdgeNodes(takeRefused: () => number, now: () => number): ProblemCheck {
  let lastAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (takeRefused() > 0) lastAt = now();
    const age = now() - lastAt;
    if (age < 0 || age >= STANDS_MS) return [];
    const text =
      "births of Sparkplug edge nodes are refused: there are too many nodes or metrics already; 'penstock rejected list --reason cardinality' shows whose they are";
    return [{ id: 'too-many-edge-nodes', text, priority: 'high' }];
  };
}

function openBirthStore(file: string): BirthStore {
  try {
    return new BirthStore(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    if (isDiskFull(error)) throw new StartError(`the disk of ${file} is full; make room on it`, EXIT.unavailable);
    throw new StartError(
      `cannot read the births of Sparkplug edge nodes in ${file}: ${why}; put back a copy of it, or move it away: every node is then asked for its birth`,
    );
  }
}

function rebirthPayload(now: number): Buffer {
  const value = datatypeOf(BOOLEAN)?.write(true) ?? null;
  return encodePayload({ timestamp: now, metrics: [{ name: REBIRTH, timestamp: now, datatype: BOOLEAN, value }] });
}
