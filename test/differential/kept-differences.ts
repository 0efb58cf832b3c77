// Where we deliberately do not answer as InfluxDB 1.6.7 does, with the reason of each. A predicate sees the query and both
// answers. Where InfluxDB gives our answer to the same question in other words, it is asked in those; else a predicate lets
// through only what is the same in every other respect. The test counts what each lets through, so that one that hides too
// much is seen.

import { type Answer, difference, type Series } from './answer.ts';
import { asCsv } from './csv-answer.ts';
import { NIGHT } from './dataset.ts';
import { INNER_DIFFERENCES } from './kept-inner-differences.ts';
import {
  blank,
  fromFirstOf,
  haveSameHeads,
  isEmpty,
  isError,
  isPartOf,
  isSameWith,
  momentsSorted,
  numbers,
  regrouped,
  shown,
  sinceTheEpoch,
  undated,
  without,
  withoutEmpty,
  withoutFills,
  withSeries,
} from './looser.ts';
import { CALL, columnsWith, isBounded, isBucketed, outerOf, reworded } from './query-text.ts';

export type Found = {
  readonly query: string;
  readonly theirs: Answer;
  readonly ours: Answer;
  /** What InfluxDB answers to another query. */
  readonly ask: (query: string) => Promise<Answer>;
  /** What we answer to it. */
  readonly askUs: (query: string) => Promise<Answer>;
};

export type Asked = Found & { readonly askCsv: Found['ask'] };

export type KeptDifference = {
  readonly why: string;
  readonly applies: (found: Found) => boolean | Promise<boolean>;
};

/** Whether InfluxDB gives our answer to the query with that change to its outer part; false where it changes nothing. */
async function agreesOn({ query, ours, ask }: Found, change: (outer: string) => string): Promise<boolean> {
  const other = reworded(query, change);
  if (other === undefined) return false;
  return agree(query, await ask(other), ours);
}

const isInfinite = (answer: Answer) => isError(answer, 'unsupported value');

function agree(query: string, theirs: Answer, ours: Answer): boolean {
  if (difference(theirs, ours) === undefined) return true;
  if (!CALL.test(query)) return isSameWith(theirs, ours, momentsSorted);
  return /integral\(/.test(query) && agreeOnIntegrals(query, theirs, ours);
}

/** Each series once, each moment once, and without what fills the gaps that come of InfluxDB's two halves. */
function agreeOnIntegrals(query: string, theirs: Answer, ours: Answer): boolean {
  const same = (answer: Answer) => regrouped(shown(withoutFills(query, answer)));
  return difference(same(theirs), same(ours)) === undefined;
}

const inPages = (answer: Answer, query: string): Answer => {
  const [limit, offset] = [/ LIMIT (\d+)/, / OFFSET (\d+)/].map((of) => of.exec(query)?.[1]);
  const from = Number(offset ?? 0);
  const paged = withSeries(answer, (series) => ({
    ...series,
    values: series.values.slice(from, from + Number(limit ?? Number.POSITIVE_INFINITY)),
  }));
  return paged.kind === 'rows' ? { ...paged, series: paged.series.filter(({ values }) => values.length > 0) } : paged;
};

/** Arithmetic and mathematics, which make another number of what fills a gap. */
const MADE_OF_GAPS = /[a-z0-9_]+\([^()]*\(|[-+*/%] ?[a-z_]+\(|\) [-+*/%]/;

const INTEGRAL = /integral\(("?\w+"?)(?:::\w+)?/g;
const unlimited = (outer: string) => outer.replace(/ LIMIT \d+/, '').replace(/ OFFSET \d+/, '');

export const KEPT_DIFFERENCES: readonly KeptDifference[] = [
  {
    why: 'the column of the times is always called time',
    applies: ({ query, theirs, ours }) => /\btime AS /.test(query) && agree(query, theirs, ours),
  },
  {
    why: 'abs() of an integer has no sign; in InfluxDB it has',
    applies: ({ query, theirs, ours }) => /\babs\(/.test(query) && agree(query, theirs, ours),
  },
  {
    why: 'samples of several series at one moment: we give them in the order of the series, InfluxDB as its heap holds them',
    applies: ({ query, theirs, ours }) => !CALL.test(query) && isSameWith(theirs, ours, momentsSorted),
  },
  {
    why: 'SOFFSET without SLIMIT leaves out as many series; InfluxDB then answers nothing at all',
    applies: (found) =>
      !/SLIMIT/.test(found.query) &&
      isEmpty(found.theirs) &&
      agreesOn(found, (outer) => outer.replace(' SOFFSET', ' SLIMIT 1000000 SOFFSET')),
  },
  {
    why: 'OFFSET counts once; without LIMIT, InfluxDB counts it in each shard and then again',
    applies: (found) =>
      !/ LIMIT /.test(outerOf(found.query)) &&
      agreesOn(found, (outer) => outer.replace(' OFFSET', ' LIMIT 1000000 OFFSET')),
  },
  {
    why: 'top() and bottom() look at all samples; with LIMIT, InfluxDB at as many of the first',
    applies: async ({ query, ours, ask }) => {
      const whole = /(?:top|bottom)\(\S+ /.test(outerOf(query)) ? reworded(query, unlimited) : undefined;
      return whole !== undefined && difference(inPages(await ask(whole), outerOf(query)), ours) === undefined;
    },
  },
  {
    why: 'integral(): each series once and in order; InfluxDB ends them in random order, and apart from other columns',
    applies: ({ query, theirs, ours }) => /integral\(/.test(query) && agreeOnIntegrals(query, theirs, ours),
  },
  {
    why: 'integral() of integers is parted at the bounds of buckets like that of floats; InfluxDB forgets the value there',
    applies: (found) =>
      isBucketed(found.query) && agreesOn(found, (outer) => outer.replace(INTEGRAL, 'integral($1::float')),
  },
  {
    why: 'integral() without buckets is dated with the epoch or the start of the range; in InfluxDB, descending, with its end',
    applies: ({ query, theirs, ours }) =>
      /integral\(.*ORDER BY time DESC/.test(outerOf(query)) &&
      !isBucketed(query) &&
      agreeOnIntegrals(query, withSeries(theirs, undated), withSeries(ours, undated)),
  },
  {
    why: 'integral() beside other columns: a gap is filled with what stood there before, and arithmetic has something to stand beside',
    applies: ({ query, theirs, ours }) => {
      const columns = columnsWith(query, /fill\(previous\)/.test(query) ? /./ : MADE_OF_GAPS);
      const left = (answer: Answer) => withSeries(answer, (series) => without(series, columns));
      return columns.includes(true) && /integral\(/.test(query) && agreeOnIntegrals(query, left(theirs), left(ours));
    },
  },
  {
    why: 'integral() with LIMIT: InfluxDB begins to count again where a series comes a second time',
    applies: async ({ query, ours, ask }) => {
      const isMeant = /integral\(.* LIMIT \d/.test(outerOf(query));
      const whole = isMeant
        ? reworded(query, (outer) => unlimited(outer).replace(INTEGRAL, 'integral($1::float'))
        : undefined;
      if (whole === undefined) return false;
      return isPartOf(withoutFills(query, ours), regrouped(withoutFills(query, await ask(whole))));
    },
  },
  {
    why: 'a transformation over buckets without a lower bound: InfluxDB looks before the beginning of time and finds nothing',
    applies: async ({ query, theirs, ours, ask }) => {
      const isMeant = /(?:derivative|difference|moving_average|cumulative_sum|elapsed)\([a-z]+\(/.test(outerOf(query));
      if (!isMeant || isBounded(query) || !isEmpty(theirs)) return false;
      const bounded = query.replace(/time (<=?) (?!.*time <)/, 'time >= -10000s AND time $1 ');
      const whole = regrouped(await ask(unlimited(bounded).replace(INTEGRAL, 'integral($1::float')));
      // What fills the gaps is added up from another bucket on.
      if (/cumulative_sum\(.* fill\(-?\d/.test(query)) return haveSameHeads(whole, ours);
      const since = withSeries(whole, fromFirstOf(ours));
      const isWhole = / LIMIT /.test(query) || isSameWith(since, regrouped(ours), blank);
      return isWhole && isPartOf(withoutFills(query, ours), since);
    },
  },
  {
    why: 'a percentile below the first sample of a bucket is nothing in that bucket; InfluxDB gives nothing from there on',
    applies: ({ query, theirs, ours }) => {
      if (!/ GROUP BY /.test(outerOf(query))) return false;
      // Columns beside it are those of the sample that it names.
      const columns = columnsWith(query, /percentile\([^)]*, 20\)|^[^(]*$/);
      const others = (answer: Answer) =>
        shown(
          withoutFills(
            query,
            withSeries(answer, (series) => without(series, columns)),
          ),
        );
      const isFilled = / fill\((?!none)/.test(outerOf(query));
      return (
        /percentile\([^)]*, 20\)/.test(outerOf(query)) &&
        difference(others(theirs), others(ours)) === undefined &&
        (isFilled || isPartOf(shown(theirs), ours))
      );
    },
  },
  {
    why: 'of samples with the value of a percentile we name the earliest; InfluxDB one that its sorting happens to leave there',
    applies: ({ query, theirs, ours }) => {
      const beside = columnsWith(query, /^[^(]*$/);
      const dated = (series: Series) => (isBucketed(query) ? series : undated(series));
      return (
        /percentile\(/.test(outerOf(query)) && isSameWith(theirs, ours, (series) => dated(without(series, beside)))
      );
    },
  },
  {
    why: 'of several values that are as frequent, mode() takes the one seen first; InfluxDB sorts and may lose that order',
    applies: async ({ query, theirs, ours, ask }) => {
      const columns = columnsWith(query, /mode\(/);
      if (!columns.includes(true)) return false;
      const left = (answer: Answer) => withSeries(answer, (series) => without(series, columns));
      const other = reworded(query, (outer) => outer.replace(INTEGRAL, 'integral($1::float'));
      return agree(query, left(other === undefined ? theirs : await ask(other)), left(ours));
    },
  },
  {
    why: 'a wildcard means every field of the measurement; in InfluxDB those of the shards that the range touches',
    applies: ({ query, theirs, ours }) => {
      if (!/\*|\//.test(outerOf(query).split(' FROM ')[0] ?? '') || theirs.kind !== 'rows') return false;
      const named = new Set(theirs.series.flatMap(({ columns }) => columns));
      const both = withSeries(ours, (series) => withoutEmpty(series, named));
      return agree(query, theirs, both);
    },
  },
  {
    why: 'buckets without a lower bound begin at the first sample; with an offset, in InfluxDB at the beginning of time',
    applies: ({ query, theirs, ours }) =>
      /GROUP BY time\(\w+, /.test(query) &&
      !isBounded(query) &&
      difference(withSeries(theirs, fromFirstOf(ours)), withSeries(ours, sinceTheEpoch)) === undefined,
  },
  {
    why: 'when clocks go back, two buckets of local time may overlap; which of them a sample joins depends, in InfluxDB, on others',
    applies: ({ query, theirs, ours }) => {
      const hours = BUCKETS_ACROSS_THE_CHANGE[/GROUP BY time\((\w+)/.exec(query)?.[1] ?? ''];
      return (
        hours !== undefined &&
        /tz\('Europe/.test(query) &&
        isSameWith(theirs, ours, (series) => ({
          ...series,
          values: series.values.filter(([time]) => !isNearTheChange(Number(time), hours)),
        }))
      );
    },
  },
  ...INNER_DIFFERENCES,
];

/** Buckets that an hour is no multiple of, in hours. */
const BUCKETS_ACROSS_THE_CHANGE: { readonly [interval: string]: number } = { '2h': 2, '90m': 2, '7m': 7 / 60 };

/** Berlin's clocks go back three hours after the night begins here. */
function isNearTheChange(us: number, hours: number): boolean {
  return Math.abs((us / 1_000 - NIGHT) / 3_600_000 - 3) < hours;
}

const INFINITE =
  'an infinite result is null; InfluxDB breaks off, since JSON has no infinity, and says the rest in CSV';

/** Why the answers may differ; undefined where nothing explains it. */
export async function reasonFor({ askCsv, ...found }: Asked): Promise<string | undefined> {
  const { query, theirs, ours } = found;
  if (!isInfinite(theirs)) return firstOf(found);
  const askUs = async (other: string) => asCsv(await found.askUs(other));
  const told = { query, theirs: await askCsv(query), ours: asCsv(ours), ask: askCsv, askUs };
  return agree(query, told.theirs, told.ours) ? INFINITE : firstOf(told);
}

async function firstOf(found: Found): Promise<string | undefined> {
  const { query } = found;
  const isNamed = /\btime AS /.test(query);
  const columns = columnsWith(query, /^abs\(/);
  const theirs = withSeries(found.theirs, (series) => ({
    ...numbers(series, columns, Math.abs),
    ...(isNamed && { columns: ['time', ...series.columns.slice(1)] }),
  }));
  for (const { why, applies } of KEPT_DIFFERENCES) if (await applies({ ...found, theirs })) return why;
  return undefined;
}
