// Every call of a SELECT over one tag set, computed: aggregates and selectors per bucket, transformations over them or
// over raw samples. One pass over a field serves all functions of that field. Yields between pages, so that the one who
// drives it can let others have their turn.

import type { Call, Ref } from './ast.ts';
import { Buckets } from './buckets.ts';
import type { Budget } from './budget.ts';
import { fieldRefs, isField } from './condition.ts';
import { fillGaps } from './fill.ts';
import type { Aggregate, Picked } from './functions/accumulator.ts';
import { aggregateOf, durationUsOf, numberOf, transformOf } from './functions/table.ts';
import type { Sample } from './functions/transforms.ts';
import type { Plan } from './plan.ts';
import { QueryError } from './query-error.ts';
import { mergedRows } from './sample-rows.ts';
import type { FieldType, StoredMeasurement } from './store.ts';
import { TIME_MIN } from './store.ts';
import type { Member } from './tag-sets.ts';

/** One answer of a call. `start` is its bucket's, or the range's; `value` is null only in a filled-in bucket. */
export type CallSample = { readonly start: number; readonly picked: Picked | null };

export type CallSamples = ReadonlyMap<Call, readonly CallSample[]>;

export type Reading = {
  readonly plan: Plan;
  readonly measurement: StoredMeasurement;
  readonly members: readonly Member[];
  readonly budget: Budget;
};

type Feed = { readonly call: Call; readonly aggregate: Aggregate; readonly buckets: Buckets };

/** Undefined where the tag set has no sample for any of the calls. */
export function* computeCalls(reading: Reading, calls: readonly Call[]): Generator<undefined, CallSamples | undefined> {
  const { plan, budget } = reading;
  const samples = new Map<Call, readonly CallSample[]>();
  const isFilled = plan.window !== undefined && plan.fill.kind !== 'none';
  if (plan.window !== undefined && isFilled && plan.from !== TIME_MIN) {
    budget.spendBuckets(Math.max(0, plan.to - plan.from) / plan.window.intervalUs);
  }
  const onBucket = isFilled && plan.from !== TIME_MIN ? () => {} : () => budget.spendBuckets(1);
  const feeds = new Map<string, Feed[]>();
  const wanted = new Set(calls.map(aggregateWithin).filter((call) => call !== undefined));
  for (const call of wanted) {
    const feed = feedOf(reading, call, onBucket);
    if (feed === undefined) continue;
    const name = fieldOf(call).name;
    feeds.set(name, [...(feeds.get(name) ?? []), feed]);
  }
  yield* readFields(reading, feeds);
  for (const { call, buckets } of [...feeds.values()].flat()) samples.set(call, flat(plan, buckets));
  const starts = isFilled ? bucketStarts(plan, samples, budget) : undefined;
  if (starts !== undefined)
    for (const [call, found] of samples) samples.set(call, filled(reading, call, found, starts));
  for (const call of calls) {
    if (transformOf(call) !== undefined) samples.set(call, yield* transformed(reading, call, samples));
    else if (!samples.has(call)) samples.set(call, []);
  }
  const isEmpty = calls.every((call) => samples.get(call)?.every(({ picked }) => picked === null));
  return isEmpty ? undefined : samples;
}

function aggregateWithin(call: Call): Call | undefined {
  if (transformOf(call) === undefined) return call;
  const [input] = call.args;
  return input?.kind === 'call' ? input : undefined;
}

function fieldOf(call: Call): Ref {
  const [input] = call.args;
  if (input?.kind === 'call') return fieldOf(input);
  if (input?.kind !== 'ref') throw new QueryError(`expected field argument in ${call.name}()`);
  return input;
}

function typeOf({ measurement }: Reading, ref: Ref): FieldType | undefined {
  return isField(ref, measurement) ? measurement.fields.get(ref.name) : undefined;
}

function feedOf(reading: Reading, call: Call, onBucket: () => void): Feed | undefined {
  const type = typeOf(reading, fieldOf(call));
  const aggregate = aggregateOf(call);
  if (type === undefined || aggregate === undefined) return undefined;
  if (!aggregate.accepts.includes(type)) {
    throw new QueryError(`unsupported ${call.name} iterator type: *query.${type}InterruptIterator`);
  }
  // count(distinct(x)): the distinct values of a bucket are counted when it is finished.
  const inner = call.args[0]?.kind === 'call' ? aggregateOf(call.args[0]) : undefined;
  const parameters = { type, n: numberOf(call.args[1]), unitUs: durationUsOf(call.args[1]) };
  const make = () => {
    if (inner === undefined) return aggregate.make(parameters);
    const distinct = inner.make(parameters);
    return { ...distinct, finish: () => [{ value: distinct.finish().length }] };
  };
  return { call, aggregate, buckets: new Buckets(make, reading.plan.window, onBucket) };
}

function* readFields(reading: Reading, feeds: ReadonlyMap<string, readonly Feed[]>): Generator<undefined> {
  for (const [field, ofField] of feeds) {
    for (const [i, member] of reading.members.entries()) {
      if (!member.series.hasField(field)) continue;
      if (member.filter === undefined) yield* readPages(reading, member, i, field, ofField);
      else yield* readFiltered(reading, member, i, field, ofField);
    }
  }
}

function* readPages(
  { plan, budget }: Reading,
  { series }: Member,
  index: number,
  field: string,
  feeds: readonly Feed[],
): Generator<undefined> {
  const { from, to } = plan;
  const only = plan.window === undefined ? endWanted(feeds) : undefined;
  const scan = { from, to, descending: only === 'last', ...(only !== undefined && { expected: 1 }) };
  for (const { times, values } of series.pages(field, scan)) {
    const length = only === undefined ? times.length : 1;
    budget.spendPoints(length);
    for (const { buckets } of feeds) {
      for (let i = 0; i < length; i++) buckets.add(times[i] as number, values[i] as never, index);
    }
    if (only !== undefined) return;
    yield;
  }
}

/** `first` or `last` where nothing else is asked of a field: one sample of the series then decides. */
function endWanted(feeds: readonly Feed[]): 'first' | 'last' | undefined {
  for (const name of ['first', 'last'] as const) if (feeds.every(({ call }) => call.name === name)) return name;
  return undefined;
}

const ROWS_PER_TURN = 2_048;

function* readFiltered(
  { plan, measurement, budget }: Reading,
  member: Member,
  index: number,
  field: string,
  feeds: readonly Feed[],
): Generator<undefined> {
  const fields = [field, ...filterFields(member, measurement).filter((name) => name !== field)];
  const { from, to } = plan;
  let rows = 0;
  for (const { time, values } of mergedRows([member], fields, { from, to, descending: false }, budget)) {
    const value = values[0] ?? null;
    if (value !== null) for (const { buckets } of feeds) buckets.add(time, value, index);
    if (++rows % ROWS_PER_TURN === 0) yield;
  }
}

export function filterFields({ filter }: Member, measurement: StoredMeasurement): string[] {
  return fieldRefs(filter, measurement).map(({ name }) => name);
}

/** Answers in the order of time; without buckets they stand at the start of the range, or of all time as InfluxDB has it. */
function flat(plan: Plan, buckets: Buckets): CallSample[] {
  const rangeStart = plan.from === TIME_MIN ? 0 : plan.from;
  return buckets.finish().flatMap(({ start, picked }) => {
    const at = plan.window === undefined ? rangeStart : start;
    return picked.map((one) => ({ start: at, picked: one }));
  });
}

/** Every bucket of the range; from the first sample on where the range has no start. */
function bucketStarts(plan: Plan, samples: CallSamples, budget: Budget): number[] | undefined {
  if (plan.window === undefined) return undefined;
  let from = plan.from;
  if (from === TIME_MIN) {
    const firsts = [...samples.values()].flatMap(([first]) => (first === undefined ? [] : [first.start]));
    if (firsts.length === 0) return [];
    from = Math.min(...firsts);
    budget.spendBuckets(Math.max(0, plan.to - from) / plan.window.intervalUs);
  }
  return [...plan.window.starts(from, plan.to)];
}

function filled(reading: Reading, call: Call, found: readonly CallSample[], starts: readonly number[]): CallSample[] {
  if (found.length === 0 || aggregateOf(call)?.isMany === true) return [...found];
  const byStart = new Map(found.map((sample) => [sample.start, sample.picked]));
  const values = starts.map((start) => byStart.get(start)?.value ?? null);
  const type = typeOf(reading, fieldOf(call));
  const isCount = call.name === 'count';
  const isNumeric = isCount || type === 'float' || type === 'integer';
  return fillGaps(values, reading.plan.fill, { isCount, isNumeric }).map((value, i) => {
    const start = starts[i] as number;
    return { start, picked: byStart.get(start) ?? (value === null ? null : { value }) };
  });
}

function* transformed(reading: Reading, call: Call, samples: CallSamples): Generator<undefined, CallSample[]> {
  const [input, parameter] = call.args;
  const { plan } = reading;
  const transform = transformOf(call);
  if (transform === undefined) return [];
  let series: Sample[];
  if (input?.kind === 'call') {
    if (plan.window === undefined) throw new QueryError(`${call.name} aggregate requires a GROUP BY interval`);
    series = (samples.get(input) ?? []).flatMap(({ start, picked }) =>
      picked === null || picked.value === null ? [] : [{ time: start, value: picked.value }],
    );
  } else {
    if (plan.window !== undefined) throw new QueryError(`aggregate function required inside the call to ${call.name}`);
    series = yield* rawSamples(reading, call);
  }
  const isPerBucket = call.name !== 'elapsed' && plan.window !== undefined;
  const unitUs =
    durationUsOf(parameter) ?? (isPerBucket ? plan.window?.intervalUs : undefined) ?? transform.defaultUnitUs ?? 1;
  return transform
    .apply(series, { n: numberOf(parameter), unitUs })
    .map(({ time, value }) => ({ start: time, picked: { value } }));
}

function* rawSamples({ plan, measurement, members, budget }: Reading, call: Call): Generator<undefined, Sample[]> {
  const { name, cast } = fieldOf(call);
  const type = cast === 'tag' ? undefined : measurement.fields.get(name);
  if (type === undefined) return [];
  if (type === 'string' || type === 'boolean') {
    if (call.name !== 'elapsed') {
      throw new QueryError(`unsupported ${call.name} iterator type: *query.${type}InterruptIterator`);
    }
  }
  const filters = members.flatMap((member) => filterFields(member, measurement));
  const fields = [...new Set([name, ...filters])];
  const samples: Sample[] = [];
  let rows = 0;
  for (const row of mergedRows(members, fields, { from: plan.from, to: plan.to, descending: false }, budget)) {
    const value = row.values[0] ?? null;
    if (value !== null) samples.push({ time: row.time, value });
    if (++rows % ROWS_PER_TURN === 0) yield;
  }
  return samples;
}
