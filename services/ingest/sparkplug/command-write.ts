// A command of ours as what is written to a Sparkplug device: each argument is a metric of its birth, in the birth's datatype and
// unit. Nothing is guessed: an argument that does not fit refuses the command as a whole, with everything that is wrong.

import type { CommandEnvelope } from '#domain/command.ts';
import { converter } from '#rules/language/units.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { converted } from '../scaled.ts';
import { type BirthMetric, isControl } from './birth-metrics.ts';
import { datatypeOf, otherDatatype, type Scalar } from './datatype.ts';
import type { EdgeDevice } from './edge-device.ts';
import type { Metric } from './payload.ts';

export type CommandWrite = {
  readonly metrics: readonly Partial<Metric>[];
  /** What the device is to report when it has done it, as it will write it; nothing of controls, which are not reported. */
  readonly awaited: ReadonlyMap<string, Scalar>;
};

/** What the device's model says of an argument. */
export type ArgumentOf = (
  cmd: string,
  argument: string,
) => {
  /** The metric that it is. */
  readonly metric: string;
  /** The unit that rules and people have for it. */
  readonly unit: string | undefined;
};

export function commandWrite(
  { cmd, args }: Pick<CommandEnvelope, 'cmd' | 'args'>,
  device: EdgeDevice,
  argumentOf: ArgumentOf,
): CommandWrite | { readonly reason: string } {
  const entries = Object.entries(args);
  if (entries.length === 0)
    return { reason: `its args name no metric; ${device.who} is commanded by writing to metrics` };
  const metrics: Partial<Metric>[] = [];
  const awaited = new Map<string, Scalar>();
  const problems: string[] = [];
  for (const [argument, value] of entries) {
    const { metric: name, unit } = argumentOf(cmd, argument);
    const metric = device.metrics.byName(name);
    const written = metric === undefined ? unknownMetric(name, device) : write(value, metric, unit);
    if (typeof written === 'string') {
      problems.push(written);
      continue;
    }
    metrics.push(written.metric);
    if (!isControl(name)) awaited.set(name, written.read);
  }
  return problems.length > 0 ? { reason: problems.join('; ') } : { metrics, awaited };
}

function unknownMetric(name: string, device: EdgeDevice): string {
  const shown = name.slice(0, 80);
  return `${device.who} has no metric '${shown}'${didYouMean(name, device.metrics.names()) || ''}`;
}

type Written = { readonly metric: Partial<Metric>; readonly read: Scalar };

function write(
  value: Scalar,
  { name, alias, datatype, unit }: BirthMetric,
  ourUnit: string | undefined,
): Written | string {
  const type = datatypeOf(datatype);
  if (type === undefined) return `'${name}' is ${otherDatatype(datatype)}, which cannot be written`;
  const theirs = inTheirUnit(value, unit, ourUnit);
  if (theirs === undefined) return `'${name}' is in ${unit}, to which ${ourUnit} cannot be converted`;
  const wire = type.write(theirs);
  const read = wire === undefined ? undefined : type.read(wire);
  if (wire === undefined || read === undefined)
    return `'${name}' takes ${type.accepts} (${type.name}), not ${show(theirs)}`;
  return { metric: { name, datatype, value: wire, ...(alias === null ? {} : { alias }) }, read };
}

function inTheirUnit(value: Scalar, unit: string | null, ourUnit: string | undefined): Scalar | undefined {
  if (typeof value !== 'number' || unit === null || ourUnit === undefined || unit === ourUnit) return value;
  const convert = converter(ourUnit, unit);
  return convert && converted(value, convert);
}

function show(value: Scalar): string {
  return typeof value === 'string' ? `'${value.slice(0, 40)}'` : String(value);
}
