// What a birth says of metrics: their names, what their aliases stand for, their datatypes, units and ranges. Whatever comes later
// is read by it.

import { isMetricName } from '#domain/name.ts';
import type { Refusal } from '#domain/rejected.ts';
import { unitCode } from '#domain/unit-sign.ts';
import { datatypeOf } from './datatype.ts';
import { readMetricValue } from './metric-value.ts';
import type { Metric } from './payload.ts';

export type BirthMetric = {
  readonly name: string;
  readonly alias: number | null;
  readonly datatype: number;
  /** UCUM code; null where it has none, or one that we do not know. */
  readonly unit: string | null;
  readonly low: number | null;
  readonly high: number | null;
};

/** Names that are about the session, and no measurements. */
const BD_SEQ = 'bdSeq';
const CONTROLS = /^(?:Node|Device) Control\//;
export const REBIRTH = 'Node Control/Rebirth';
const FIRMWARE = /^(?:Properties\/)?(?:FW|Firmware)(?:[ _]?Version)?$/i;
const FIRMWARE_CHARS_MAX = 64;

export class BirthMetrics {
  readonly #byName: ReadonlyMap<string, BirthMetric>;
  readonly #byAlias: ReadonlyMap<number, BirthMetric>;

  /** How many the birth has, whatever they are, and one for the device that has them. */
  readonly size: number;

  constructor(byName: ReadonlyMap<string, BirthMetric>, byAlias: ReadonlyMap<number, BirthMetric>, size: number) {
    this.#byName = byName;
    this.#byAlias = byAlias;
    this.size = size;
  }

  byName(name: string): BirthMetric | undefined {
    return this.#byName.get(name);
  }

  byAlias(alias: number): BirthMetric | undefined {
    return this.#byAlias.get(alias);
  }

  names(): string[] {
    return [...this.#byName.keys()];
  }

  /** Whether a rebirth may be asked for. */
  get hasRebirth(): boolean {
    return this.#byName.has(REBIRTH);
  }

  /** Those that are series of ours. */
  measured(): BirthMetric[] {
    return [...this.#byName.values()].filter(
      ({ name, datatype }) => !isControl(name) && isMetricName(name) && datatypeOf(datatype) !== undefined,
    );
  }
}

export type ReadBirth = {
  readonly metrics: BirthMetrics;
  /** Number of the session, by which a death is known to be its end; null where the birth has none. */
  readonly bdSeq: number | null;
  readonly firmware: string | null;
  readonly refusals: readonly Refusal[];
};

/** Whether the metric is about the session. */
export function isControl(name: string): boolean {
  return name === BD_SEQ || CONTROLS.test(name);
}

export function readBirthMetrics(metrics: readonly Metric[]): ReadBirth {
  const byName = new Map<string, BirthMetric>();
  const byAlias = new Map<number, BirthMetric>();
  const twice = new Set<number>();
  let firmware: string | null = null;
  for (const metric of metrics) {
    const { name, alias, datatype, properties, problem } = metric;
    if (name === null || name === '' || problem !== null) continue; // refused with the values
    const unit = properties?.unit == null ? null : (unitCode(properties.unit) ?? null);
    const known = { name, alias, datatype, unit, low: properties?.low ?? null, high: properties?.high ?? null };
    byName.set(name, known);
    if (alias !== null) {
      const other = byAlias.get(alias);
      if (other !== undefined && other.name !== name) twice.add(alias);
      byAlias.set(alias, known);
    }
    if (FIRMWARE.test(name)) firmware = textOf(metric) ?? firmware;
  }
  // [tck-id-payloads-alias-uniqueness]: nobody can say which of the two is meant.
  for (const alias of twice) byAlias.delete(alias);
  const refusals = [...twice].map((alias): Refusal => {
    return { reason: 'shape', message: `alias ${alias} stands for two metrics of one birth, and so for none of them` };
  });
  return {
    metrics: new BirthMetrics(byName, byAlias, metrics.length + 1),
    bdSeq: readBdSeq(metrics),
    firmware,
    refusals,
  };
}

/** Of a birth or a death; null where it has none. */
export function readBdSeq(metrics: readonly Metric[]): number | null {
  const value = metrics.find(({ name }) => name === BD_SEQ)?.value;
  // Of whatever datatype: it is small, and compared with what the same node says.
  return value?.field === 'int' || value?.field === 'long' ? value.low : null;
}

function textOf(metric: Metric): string | undefined {
  const read = readMetricValue(metric, metric.datatype);
  return 'value' in read && typeof read.value === 'string' ? read.value.slice(0, FIRMWARE_CHARS_MAX) : undefined;
}
