// One field of a tag set, read once and fed to every aggregate and selector of it.

import type { Call, Ref } from './ast.ts';
import { Buckets } from './buckets.ts';
import { type Range, type Reading, readRange } from './call-samples.ts';
import { typeOfRef } from './expression-type.ts';
import type { Point } from './fill.ts';
import type { Accumulator, Aggregate, Picked, SummaryUse } from './functions/accumulator.ts';
import { aggregateOf, isCountOfDistinct, numberOf } from './functions/table.ts';
import type { Plan } from './plan.ts';
import { QueryError } from './query-error.ts';
import { castValue, filterFields, hasRows, mergedRows } from './sample-rows.ts';
import { type FieldType, type Page, type Scan, TIME_MIN } from './store.ts';
import type { Member } from './tag-sets.ts';

const ROWS_PER_TURN = 2_048;
const BUCKETS_PER_TURN = 64;

type Fed = { readonly call: Call; readonly aggregate: Aggregate; readonly make: () => Accumulator };

export class FieldFeed {
  readonly #reading: Reading;
  readonly #field: Ref;
  readonly #range: Range & { readonly keepsTime: boolean };
  readonly #type: FieldType;
  readonly #fed: Fed[] = [];
  #buckets: Buckets | undefined;

  /** `keepsTime`: where nothing else is asked for and there are no buckets, a selector's answer stands at its own time. */
  constructor(reading: Reading, field: Ref, range: Range & { readonly keepsTime: boolean }) {
    this.#reading = reading;
    this.#field = field;
    this.#range = range;
    this.#type = typeOfRef(field, reading.measurement) ?? 'float';
  }

  /** @throws QueryError where the function does not take the field's type */
  add(call: Call): void {
    const aggregate = aggregateOf(call);
    if (aggregate === undefined) return;
    if (!aggregate.accepts.includes(this.#type)) {
      throw new QueryError(`unsupported ${call.name} iterator type: *query.${this.#type}InterruptIterator`);
    }
    this.#fed.push({ call, aggregate, make: this.#maker(call, aggregate) });
  }

  #maker(call: Call, aggregate: Aggregate): () => Accumulator {
    const { plan, budget } = this.#reading;
    const parameters = {
      type: this.#type,
      n: numberOf(call.args.at(-1)),
      descending: plan.descending,
      hold: (samples: number) => budget.spendHeld(samples),
      groupOf: this.#groupOf(call),
    };
    const inner = isCountOfDistinct(call) ? aggregateOf(call.args[0] as Call) : undefined;
    if (inner === undefined) return () => aggregate.make(parameters);
    return () => {
      const distinct = inner.make(parameters);
      return {
        addRun: distinct.addRun.bind(distinct),
        add: distinct.add.bind(distinct),
        finish: () => [{ value: distinct.finish().length }],
      };
    };
  }

  #groupOf(call: Call): ((member: number) => string) | undefined {
    if (aggregateOf(call)?.parameter !== 'tags-and-number' || call.args.length === 2) return undefined;
    const keys = call.args.slice(1, -1).map((arg) => (arg.kind === 'ref' ? arg.name : ''));
    const { members } = this.#reading;
    return (member) => JSON.stringify(keys.map((key) => members[member]?.series.tags.get(key) ?? ''));
  }

  *read(): Generator<undefined> {
    const { plan, members, budget } = this.#reading;
    const buckets = new Buckets(() => this.#fed.map(({ make }) => make()), {
      window: plan.window,
      summaries: this.#summaryUse(),
      onNew: () => budget.spendBuckets(1),
    });
    this.#buckets = buckets;
    for (const [i, member] of members.entries()) {
      if (!member.series.hasField(this.#field.name)) continue;
      if (member.filter !== undefined || hasRows(member.series)) yield* this.#readRows(member, i, buckets);
      else yield* this.#readWhole(member, i, buckets);
    }
  }

  #summaryUse(): SummaryUse {
    const uses = this.#fed.map(({ call, aggregate }) => {
      if (isCountOfDistinct(call) || this.#isCast()) return 'never';
      // An integer's sum is exact at every size, which that of a summary is not.
      return aggregate.summaries === 'first' && this.#type === 'integer' ? 'never' : aggregate.summaries;
    });
    return uses.find((use) => use === 'never') ?? uses.find((use) => use === 'first') ?? 'always';
  }

  /** Whether the query wants the values as another type than they are stored as. */
  #isCast(): boolean {
    return this.#reading.measurement.fields.get(this.#field.name) !== this.#type;
  }

  *#readWhole({ series }: Member, index: number, buckets: Buckets): Generator<undefined> {
    const { budget } = this.#reading;
    const end = this.#endWanted();
    const scan: Scan = { ...this.#range, descending: end === 'last', ...(end !== undefined && { expected: 1 }) };
    const isNumber = this.#type === 'float' || this.#type === 'integer';
    const takes = (firstAt: number, lastAt: number) => buckets.takes(index, firstAt, lastAt);
    const { name } = this.#field;
    const pages = isNumber && end === undefined ? series.summed(name, scan, takes) : series.pages(name, scan);
    for (const page of pages) {
      if (!('values' in page)) {
        budget.spendPoints(1);
        buckets.addSummary(page, index);
      } else if (end === undefined) {
        budget.spendPoints(page.times.length);
        buckets.addPage(this.#isCast() ? castPage(page, this.#type) : page, index);
      } else {
        budget.spendPoints(1);
        buckets.add(page.times[0] as number, page.values[0] ?? 0, index);
        return;
      }
      yield;
    }
  }

  /** `first` or `last` where nothing else is asked and there are no buckets: one sample of each series then decides. */
  #endWanted(): 'first' | 'last' | undefined {
    if (this.#reading.plan.window !== undefined || this.#isCast()) return undefined;
    return (['first', 'last'] as const).find((name) => this.#fed.every(({ call }) => call.name === name));
  }

  *#readRows(member: Member, index: number, buckets: Buckets): Generator<undefined> {
    const { plan, measurement, budget } = this.#reading;
    const { name } = this.#field;
    const fields = [name, ...filterFields(member, measurement).filter((other) => other !== name)];
    const from = hasRows(member.series) ? this.#startOfInner(plan) : this.#range.from;
    let rows = 0;
    for (const { time, values } of mergedRows(
      [member],
      fields,
      { from, to: this.#range.to, descending: false },
      budget,
    )) {
      const value = castValue(values[0] ?? null, this.#type);
      if (value !== null) buckets.add(time, value, index);
      if (++rows % ROWS_PER_TURN === 0) yield;
    }
  }

  /**
   * An inner query dates a bucket by its start, which may lie before the range that it has kept to. What it has read for
   * a neighbour that looks further back is left to that one.
   */
  #startOfInner(plan: Plan): number {
    const isWidest = this.#range.from <= readRange(plan).from;
    return isWidest ? TIME_MIN : (plan.window?.startOf(this.#range.from) ?? TIME_MIN);
  }

  /** Each call's points in the order of the query. */
  *finish(): Generator<undefined, readonly (readonly [Call, Point[]])[]> {
    const lanes = this.#fed.map(({ call, aggregate }) => ({
      call,
      timeOf: this.#timeOf(aggregate),
      points: [] as Point[],
    }));
    let finished = 0;
    for (const { start, picked } of this.#buckets?.answers(this.#reading.plan.descending) ?? []) {
      for (const [i, { timeOf, points }] of lanes.entries()) {
        for (const sample of picked[i] ?? []) points.push({ time: timeOf(start, sample), value: sample.value, sample });
      }
      if (++finished % BUCKETS_PER_TURN === 0) yield;
    }
    return lanes.map(({ call, points }) => [call, points] as const);
  }

  /** An answer stands at its bucket's start or the range's; those of top and bottom at their own times. */
  #timeOf({ parameter, kind }: Aggregate): (start: number, sample: Picked) => number {
    const { window, rangeStart } = this.#reading.plan;
    if (parameter === 'tags-and-number' || (this.#range.keepsTime && kind === 'selector' && window === undefined)) {
      return (_start, sample) => sample.time ?? rangeStart;
    }
    return window === undefined ? () => rangeStart : (start) => start;
  }
}

/** Without the samples that cannot be of that type. */
function castPage({ times, values }: Page, type: FieldType): Page {
  const cast = Array.from(values, (value) => castValue(value, type));
  const isThere = (_: unknown, i: number) => cast[i] !== null;
  return { times: times.filter(isThere), values: cast.filter((value) => value !== null) };
}
