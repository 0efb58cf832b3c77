// Rules over history: the engine that runs live, fed with the points of the past, on a clock that is theirs. Between two
// points the clock stops at every deadline, as a live clock would have. Nothing leaves: commands are counted, and answered in
// place of the devices, so that no rule waits for an answer that nobody gave.

import type { CommandEnvelope } from '#domain/command.ts';
import { type DeviceEntry, UNHEARD } from '#domain/device.ts';
import type { JournalEntry } from '#domain/journal.ts';
import type { Point, Value } from '#domain/point.ts';
import type { Series } from '#domain/series.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineInput } from '../engine/inputs.ts';
import type { Instance } from '../engine/instance.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { isTarget } from './wanted-series.ts';

export type PlantState = { readonly site: string; readonly area: string; readonly name: string; readonly value: Value };

export type Plant = {
  readonly models: ReadonlyMap<string, DeviceModel>;
  /** By `site/area/device`. */
  readonly devices: ReadonlyMap<string, DeviceEntry>;
  readonly states: readonly PlantState[];
};

export type ReplayOptions = {
  readonly rules: readonly CompiledRule[];
  readonly plant: Plant;
  readonly startedAt: number;
  /**
   * Whether every device that the files name was there from the start, so that its silence counts. Else a device is there
   * from its first point on: a recording of some devices says nothing of the others. What commands go to is always there.
   */
  readonly isPlantWhole: boolean;
  readonly onEntry?: (entry: JournalEntry) => void;
  readonly onCommand?: (device: DeviceName, envelope: CommandEnvelope, at: number) => void;
  /** Told of an instance whenever it has been judged. */
  readonly onJudged?: ((instance: Instance) => void) | undefined;
};

type PointInput = { kind: 'point'; point: Point; receivedAt: number };

export class Replay {
  readonly engine: Engine;
  readonly #options: ReplayOptions;
  /** Series that have been met, by their seat in the decoder's table. */
  readonly #met: (Series | undefined)[] = [];
  /** One object for all points: the engine keeps none of it. */
  #input: PointInput | undefined;
  #hasBegun = false;
  /** Rules that threw or took too long, and why: they were not evaluated from there on. */
  readonly stopped = new Map<string, string>();

  constructor(options: ReplayOptions) {
    const { rules, plant, startedAt, onJudged } = options;
    this.#options = options;
    this.engine = new Engine({
      rules,
      models: plant.models,
      startedAt,
      ...(onJudged === undefined ? {} : { onJudged }),
    });
  }

  /** The plant as it stood at the start. What that leads to is told like all else, when whoever made this is ready for it. */
  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const { rules, plant, startedAt, isPlantWhole } = this.#options;
    for (const state of plant.states) this.#step({ kind: 'plant-state', ...state, at: startedAt });
    for (const device of plant.devices.values())
      if (isPlantWhole || isTarget(device, rules)) this.#describe(device, startedAt);
  }

  /** Series that points have come of. */
  get seriesCount(): number {
    return this.#met.filter((each) => each !== undefined).length;
  }

  /** Points in the order of time. */
  take(points: readonly Point[]): void {
    this.#begin();
    const { engine } = this;
    for (let i = 0; i < points.length; i++) {
      const point = points[i] as Point;
      const at = point.measuredAt;
      if (engine.nextDeadline() <= at) this.#tickUntil(at);
      if (this.#met[point.series.seat] !== point.series) this.#meet(point.series, at);
      this.#input ??= { kind: 'point', point, receivedAt: at };
      this.#input.point = point;
      this.#input.receivedAt = at;
      const outputs = engine.step(this.#input);
      if (outputs.length > 0) this.#heed(outputs, at);
    }
  }

  /** Lets the clock run to a moment, with whatever that leads to. */
  runUntil(at: number): void {
    this.#begin();
    this.#tickUntil(at);
    this.#step({ kind: 'tick', at });
  }

  #tickUntil(until: number): void {
    for (let at = this.engine.nextDeadline(); at <= until; at = this.engine.nextDeadline())
      this.#step({ kind: 'tick', at });
  }

  #meet(series: Series, at: number): void {
    this.#met[series.seat] = series;
    if (this.#options.isPlantWhole) return;
    const known = this.#options.plant.devices.get(deviceKey(series));
    if (known !== undefined) this.#describe(known, at);
  }

  #describe(device: DeviceEntry, at: number): void {
    const view = { ...device, ...UNHEARD, online: true, lastSeen: at };
    this.#step({ kind: 'device', device: view, at });
  }

  #step(input: EngineInput & { readonly at: number }): void {
    this.#heed(this.engine.step(input), input.at);
  }

  #heed(outputs: ReturnType<Engine['step']>, at: number): void {
    for (const output of outputs) {
      if (output.kind === 'journal') this.#options.onEntry?.(output.entry);
      else if (output.kind === 'command') this.#answer(output.device, output.envelope, at);
      else if (output.kind === 'overrun') {
        this.stopped.set(output.rule, output.reason);
        this.#step({ kind: 'isolate', rule: output.rule, reason: output.reason, at });
      }
    }
  }

  /** As a device that does at once what it is told. */
  #answer(device: DeviceName, envelope: CommandEnvelope, at: number): void {
    this.#options.onCommand?.(device, envelope, at);
    const { cid } = envelope;
    this.#step({ kind: 'delivered', device, cid, at });
    for (const status of ['ACCEPTED', 'SUCCEEDED'] as const)
      this.#step({ kind: 'reply', device, reply: { cid, status, ts: at }, at });
  }
}
