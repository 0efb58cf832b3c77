// Where we deliberately do not answer as InfluxDB 1.6.7 does, with the reason of each. A predicate sees the query and both
// answers. Most let through only what is the same in every other respect; where InfluxDB's answer is wrong as a whole there
// is nothing to hold ours against, and the predicate is narrow in the shape of the query instead. The test counts what each
// lets through, so that one that hides too much is seen.

import { type Answer, type Cell, difference, type Series } from './answer.ts';
import { NIGHT } from './dataset.ts';

export type KeptDifference = {
  readonly why: string;
  readonly applies: (query: string, theirs: Answer, ours: Answer) => boolean;
};

type Rows = readonly (readonly Cell[])[];

function withSeries(answer: Answer, change: (series: Series) => Series): Answer {
  return answer.kind === 'rows' ? { ...answer, series: answer.series.map(change) } : answer;
}

/** Whether both are the same once each series has been changed so. */
function isSameWith(theirs: Answer, ours: Answer, change: (series: Series) => Series): boolean {
  return difference(withSeries(theirs, change), withSeries(ours, change)) === undefined;
}

/** A function over samples, other than those of one row. */
const CALL =
  /\b(?:mean|sum|count|min|max|first|last|median|spread|stddev|percentile|distinct|mode|top|bottom|[a-z_]*(?:derivative|difference)|elapsed|integral|moving_average|cumulative_sum)\(/;

/** The query without those inside it. */
function outerOf(query: string): string {
  let outer = query;
  for (let inner = outer; ; outer = inner) {
    inner = outer.replace(/\(SELECT [^()]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*)*\)/, 'inner');
    if (inner === outer) return outer;
  }
}

const isEmpty = (answer: Answer) => answer.kind === 'rows' && answer.series.length === 0;
const isError = (answer: Answer, text: string) => answer.kind !== 'rows' && answer.error.includes(text);
const bounds = (query: string) => /time (?:>=?|=) /.test(query);

const numbers = (series: Series, change: (value: number) => number): Series => ({
  ...series,
  values: series.values.map((row) => row.map((cell, i) => (i > 0 && typeof cell === 'number' ? change(cell) : cell))),
});

/** Without the buckets that a range without a start has at the beginning of time. */
function sinceTheEpoch(series: Series): Series {
  return { ...series, values: series.values.filter(([time]) => Number(time) > -1e15) };
}

/** Rows of one moment in one order, whatever they hold. */
function momentsSorted(series: Series): Series {
  const text = new Map(series.values.map((row) => [row, JSON.stringify(row, (_, cell) => String(cell))]));
  const byText = (a: readonly Cell[], b: readonly Cell[]) => ((text.get(a) ?? '') < (text.get(b) ?? '') ? -1 : 1);
  const values: Rows = [...Map.groupBy(series.values, ([time]) => time).values()].flatMap((rows) => rows.sort(byText));
  return { ...series, values };
}

/** One series per set of tags, sorted, and in it one row per moment. */
function regrouped(answer: Answer): Answer {
  if (answer.kind !== 'rows') return answer;
  const headOf = ({ name, tags, columns }: Series) =>
    JSON.stringify([name, Object.entries(tags ?? {}).sort(), columns]);
  const series = [...Map.groupBy(answer.series, headOf)].sort(([a], [b]) => (a < b ? -1 : 1));
  return { kind: 'rows', series: series.map(([, pieces]) => joined(pieces)) };
}

function joined(pieces: readonly Series[]): Series {
  const rows = new Map<Cell, readonly Cell[]>();
  for (const row of pieces.flatMap(({ values }) => values)) {
    const known = rows.get(row[0] ?? null);
    rows.set(row[0] ?? null, known === undefined ? row : row.map((cell, i) => cell ?? known[i] ?? null));
  }
  const values = [...rows.values()].sort(([a], [b]) => Number(a) - Number(b));
  return { ...(pieces[0] as Series), values };
}

const columnsLike = (columns: Series['columns'], pattern: RegExp) => columns.map((name) => pattern.test(name));
const without = (series: Series, isLeftOut: readonly boolean[]): Series => ({
  ...series,
  values: series.values.map((row) => row.map((cell, i) => (isLeftOut[i] === true ? null : cell))),
});

export const KEPT_DIFFERENCES: readonly KeptDifference[] = [
  {
    why: 'samples of several series at one moment: we give them in the order of the series, InfluxDB as its heap holds them',
    applies: (query, theirs, ours) => !CALL.test(query) && isSameWith(theirs, ours, momentsSorted),
  },
  {
    why: 'an infinite result is null; InfluxDB breaks off, since JSON has no infinity',
    applies: (_, theirs, ours) => isError(theirs, 'unsupported value') && ours.kind === 'rows',
  },
  {
    why: 'the column of the times is always called time',
    applies: (query, theirs, ours) =>
      /\btime AS /.test(query) &&
      isSameWith(theirs, ours, (series) => momentsSorted({ ...series, columns: ['time', ...series.columns.slice(1)] })),
  },
  {
    why: 'SOFFSET without SLIMIT leaves out as many series; InfluxDB then answers nothing at all',
    applies: (query, theirs, ours) =>
      /SOFFSET/.test(query) && !/SLIMIT/.test(query) && isEmpty(theirs) && !isEmpty(ours),
  },
  {
    why: 'integral(): each series once and in order; InfluxDB ends them in random order, and apart from other columns',
    applies: (query, theirs, ours) =>
      /integral\(/.test(query) &&
      difference(regrouped(withoutFilled(theirs)), regrouped(withoutFilled(ours))) === undefined,
  },
  {
    why: 'the same, where a gap is filled with what stood there before, or arithmetic has nothing to stand beside',
    applies: (query, theirs, ours) =>
      /integral\(.*GROUP BY/.test(query) &&
      (/fill\(previous\)/.test(query) || /[-+*/%] integral|integral\([^)]*\)\)? [-+*/%]/.test(query)) &&
      difference(regrouped(withSeries(theirs, blank)), regrouped(withSeries(ours, blank))) === undefined,
  },
  {
    why: 'the same, where LIMIT counts: InfluxDB begins to count again where a series comes a second time',
    applies: (query, theirs, ours) => /integral\(.*, .*GROUP BY.* LIMIT \d/.test(query) && theirs.kind === ours.kind,
  },
  {
    why: 'integral() of integers is parted at the bounds of buckets like that of floats; InfluxDB forgets the value there',
    applies: (query, theirs, ours) =>
      /integral\((?:i\b|"i").*GROUP BY time/.test(outerOf(query)) && theirs.kind === 'rows' && ours.kind === 'rows',
  },
  {
    why: 'a transformation over buckets without a lower bound: InfluxDB looks before the beginning of time and finds nothing',
    applies: (query, theirs) =>
      /(?:derivative|difference|moving_average|cumulative_sum|elapsed)\([a-z]+\(.*GROUP BY time/.test(query) &&
      !bounds(query) &&
      isEmpty(theirs),
  },
  {
    why: 'a percentile below the first sample of a bucket is nothing in that bucket; InfluxDB gives nothing from there on',
    applies: (query, theirs, ours) => {
      if (!/percentile\([^)]*, 20\).*GROUP BY/.test(query) || theirs.kind !== 'rows' || ours.kind !== 'rows')
        return false;
      return theirs.series.length <= ours.series.length;
    },
  },
  {
    why: 'of samples with the value of a percentile we name the earliest; InfluxDB one that its sorting happens to leave there',
    applies: (query, theirs, ours) =>
      /percentile\(/.test(query) &&
      isSameWith(theirs, ours, (series) =>
        without(
          series,
          series.columns.map((name) => !/percentile|^x$|^y z$|^sin$/.test(name)),
        ),
      ),
  },
  {
    why: 'of several values that are as frequent, mode() takes the one seen first; InfluxDB sorts and may lose that order',
    applies: (query, theirs, ours) =>
      /mode\(/.test(query) &&
      isSameWith(theirs, ours, (series) => without(series, columnsLike(series.columns, /mode|^x|^y z|^[a-z0-9]+$/))),
  },
  {
    why: 'abs() of an integer has no sign; in InfluxDB it has',
    applies: (query, theirs, ours) =>
      /abs\(/.test(query) && isSameWith(theirs, ours, (series) => momentsSorted(numbers(series, Math.abs))),
  },
  {
    why: 'buckets without a lower bound begin at the first sample; with an offset, in InfluxDB at the beginning of time',
    applies: (query, theirs, ours) =>
      /GROUP BY time\(\w+, /.test(query) &&
      !bounds(query) &&
      difference(withSeries(theirs, fromFirstOf(ours)), withSeries(ours, sinceTheEpoch)) === undefined,
  },
  {
    why: 'integral() of integers, descending, is dated with the start of the range, beside the other columns; in InfluxDB with its end',
    applies: (query, theirs, ours) =>
      /integral\((?:i\b|"i").*ORDER BY time DESC/.test(outerOf(query)) &&
      !/GROUP BY time/.test(outerOf(query)) &&
      theirs.kind === ours.kind,
  },
  {
    why: 'LIMIT of an inner query counts the rows of each series; InfluxDB loses count where the outer one groups by other tags',
    applies: (query, theirs, ours) => /FROM \(SELECT .* LIMIT \d[^(]*\)/.test(query) && theirs.kind === ours.kind,
  },
  {
    why: 'integral() without buckets is dated with the epoch or the start of the range; in InfluxDB, descending, with its end',
    applies: (query, theirs, ours) =>
      /integral\(.*ORDER BY time DESC/.test(query) &&
      !/GROUP BY time/.test(outerOf(query)) &&
      difference(regrouped(withSeries(theirs, undated)), regrouped(withSeries(ours, undated))) === undefined,
  },
  {
    why: 'top() and bottom() look at all samples; with LIMIT, InfluxDB at as many of the first',
    applies: (query, theirs, ours) =>
      /(?:top|bottom)\(\S+ \d+\).*(?:LIMIT|OFFSET) \d/.test(query) && theirs.kind === 'rows' && ours.kind === 'rows',
  },
  {
    why: 'OFFSET counts once; without LIMIT, InfluxDB counts it in each shard and then again',
    applies: (query, theirs, ours) =>
      /OFFSET \d/.test(query) && !/LIMIT \d/.test(query) && theirs.kind === 'rows' && ours.kind === 'rows',
  },
  {
    why: 'SLIMIT in or around a subquery counts the series of that answer; InfluxDB hands it down, and some functions pass it over',
    applies: (query, theirs, ours) =>
      /FROM \(.*S(?:LIMIT|OFFSET) \d/.test(query) && theirs.kind === 'rows' && ours.kind === 'rows',
  },
  {
    why: 'gaps of an inner query are filled series by series; InfluxDB loses count where the outer one does not group by the same tags',
    applies: (query, theirs, ours) =>
      /FROM \(SELECT .* GROUP BY time\([^)]*\), .* fill\((?!none)/.test(query) && theirs.kind === ours.kind,
  },
  {
    why: 'rows of an inner query of several functions come by time; InfluxDB mixes them where the outer one groups by fewer tags',
    applies: (query, theirs, ours) =>
      /FROM \(SELECT [a-z]+\([^)]*\)[^(]*, [a-z]+\(.* GROUP BY (?:time\([^)]*\), )?(?!time)/.test(query) &&
      theirs.kind === ours.kind,
  },
  {
    why: 'samples that an inner query selects of several series come by time; InfluxDB gives them series by series',
    applies: (query, theirs, ours) =>
      (/FROM \(SELECT (?:max|min|first|last|percentile)\((?:(?!GROUP BY time).)* GROUP BY (?!time)/.test(query) ||
        /FROM \(SELECT (?:top|bottom)\(.* GROUP BY (?:time\([^)]*\), )?(?!time)/.test(query)) &&
      theirs.kind === ours.kind,
  },
  {
    why: 'when clocks go back, two buckets of local time may overlap; which of them a sample joins depends, in InfluxDB, on others',
    applies: (query, theirs, ours) =>
      /GROUP BY time\((?:2h|90m)/.test(query) &&
      /tz\('Europe/.test(query) &&
      isSameWith(theirs, ours, (series) => ({
        ...series,
        values: series.values.filter(([time]) => !isOfTheChange(Number(time))),
      })),
  },
  {
    why: 'mode() over a subquery that groups by tags gives one row per bucket; InfluxDB may give several',
    applies: (query, theirs, ours) =>
      /mode\(.*FROM \(.*GROUP BY/.test(query) && theirs.kind === 'rows' && ours.kind === 'rows',
  },
];

/** Of the numbers that only fill gaps: those that all rows of a series may show. */
function withoutFilled(answer: Answer): Answer {
  const isFill = (cell: Cell) => cell === 0 || cell === -1.5 || cell === 7;
  return withSeries(answer, (series) => ({
    ...series,
    values: series.values.map(([time = null, ...cells]) => [
      time,
      ...cells.map((cell) => (isFill(cell) ? null : cell)),
    ]),
  }));
}

/** Two hours before the clocks of Berlin go back until two hours after. */
function isOfTheChange(us: number): boolean {
  const hours = (us / 1_000 - NIGHT) / 3_600_000;
  return hours > 1 && hours < 5;
}

/** Only its head and its times. */
function blank(series: Series): Series {
  return without(
    series,
    series.columns.map((_, i) => i > 0),
  );
}

function undated(series: Series): Series {
  return { ...series, values: series.values.map(([, ...cells]) => [0, ...cells]) };
}

/** Cuts each series where ours begins. */
function fromFirstOf(ours: Answer): (series: Series) => Series {
  const firsts = new Map(
    ours.kind === 'rows'
      ? ours.series.map(({ name, tags, values }) => [JSON.stringify([name, tags]), values[0]?.[0]])
      : [],
  );
  return (series) => {
    const first = Number(firsts.get(JSON.stringify([series.name, series.tags])));
    return { ...series, values: series.values.filter(([time]) => Number(time) >= first) };
  };
}
