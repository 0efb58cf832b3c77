// Ingest as it is, by itself: no broker takes its batches and no disk keeps anything, so that what comes of a message can be looked
// at, and what it costs measured.

import type { Refusal } from '#domain/rejected.ts';
import type { PlantFiles } from '#runtime/plant-files.ts';
import { DeviceRegistry, type RegistryLimits } from './devices/registry.ts';
import { Ingest } from './ingest.ts';
import { Batcher } from './lines/batcher.ts';
import { Sequences } from './sequences/sequences.ts';
import type { Source } from './sources/source.ts';
import { type PlaceOf, placeByName } from './sparkplug/place.ts';
import { SparkplugIntake } from './sparkplug/sparkplug-intake.ts';

export type LoneOptions = {
  readonly plant?: PlantFiles;
  readonly sources?: readonly Source[];
  readonly placeOf?: PlaceOf;
  readonly limits?: RegistryLimits;
  readonly now: () => number;
  readonly payloadBytesMax?: number;
  readonly reorderMs?: number;
  /** Batches as they would leave; their bytes are used again afterwards. */
  readonly onLines?: (lines: Buffer) => void;
  readonly onPoints?: (count: number) => void;
  readonly onRefusal?: (refusal: Refusal) => void;
  /** An edge node would be asked for its birth. */
  readonly onRebirth?: () => void;
};

export type LoneIngest = {
  readonly ingest: Ingest;
  readonly registry: DeviceRegistry;
  /** Time has passed: what waits for a message of an edge node that is missing waits no longer. */
  readonly tick: () => void;
};

const NOTHING: PlantFiles = { models: new Map(), devices: new Map(), problems: [] };
const LIMITS: RegistryLimits = { devices: 1_000, metrics: 100_000 };
const PAYLOAD_BYTES_MAX = 262_144;
const BATCH_BYTES_MAX = 131_072;

export function loneIngest(options: LoneOptions): LoneIngest {
  const { plant = NOTHING, sources = [], placeOf = placeByName(), limits = LIMITS, now, reorderMs = 0 } = options;
  const { payloadBytesMax = PAYLOAD_BYTES_MAX, onLines, onRebirth, ...told } = options;
  const registry = new DeviceRegistry(plant, limits, { of: () => undefined, add: () => {} });
  let edgeNodes: SparkplugIntake['nodes'] | undefined;
  const ingest = new Ingest({
    ...{ registry, sources, placeOf, now, payloadBytesMax, sequences: new Sequences() },
    batcher: new Batcher({
      publish: async (_, lines) => onLines?.(lines),
      ...{ bytesMax: () => BATCH_BYTES_MAX, slots: 4 },
    }),
    afterWrite: (done) => done(),
    reject: async () => {},
    ...(told.onPoints === undefined ? {} : { onPoints: told.onPoints }),
    ...(told.onRefusal === undefined ? {} : { onRefusal: told.onRefusal }),
    sparkplug: (owner) => {
      const intake = new SparkplugIntake(owner, {
        ...{ registry, payloadBytesMax, reorderMs, store: { keep: (_, done) => done() } },
        ...{ askRebirth: () => onRebirth?.(), onGap: () => {}, publish: async () => {} },
      });
      edgeNodes = intake.nodes;
      return intake;
    },
  });
  return { ingest, registry, tick: () => edgeNodes?.tick(now()) };
}
