// Of the list of kept differences: those of queries over other queries.

import { type Answer, difference, type Series } from './answer.ts';
import type { Found, KeptDifference } from './kept-differences.ts';
import {
  gathered,
  haveSameHeads,
  isEmpty,
  isPartOf,
  isSameWith,
  momentsSorted,
  numbers,
  numbersSorted,
  undated,
  without,
  withoutFills,
  withSeries,
} from './looser.ts';
import { columnsWith, dependsOnOrder, innerOf, isBucketed, outerOf, reworded, tagsOf } from './query-text.ts';

/** Whether the outer query tells series apart by other tags than the inner one. */
const isGroupedOtherwise = (query: string) => tagsOf(innerOf(query)) !== tagsOf(outerOf(query));

/** What can be compared where the order of the inner rows is another: all numbers, or at least which series there are. */
function agreeButForOrder(query: string, theirs: Answer, ours: Answer): boolean {
  return dependsOnOrder(outerOf(query))
    ? haveSameHeads(theirs, ours)
    : isSameWith(gathered(withoutFills(query, theirs)), gathered(withoutFills(query, ours)), numbersSorted);
}

/** Whether both stores say the same where the outer query groups by the tags of the inner one too: then nothing is mixed. */
async function agreeApart({ query, ask, askUs }: Found): Promise<boolean> {
  const tags = tagsOf(innerOf(query));
  const apart = reworded(query, (outer) => {
    const end = outer.search(/ fill\(| ORDER BY| S?LIMIT| S?OFFSET| tz\(|$/);
    const head = outer.slice(0, end);
    const rest = outer.slice(end).replaceAll(/ S?(?:LIMIT|OFFSET) \d+/g, '');
    return `${head}${head.includes(' GROUP BY ') ? ',' : ' GROUP BY'} ${tags}${rest}`;
  });
  return apart !== undefined && isSameWith(await ask(apart), await askUs(apart), momentsSorted);
}

const RANGE = /time (?:>=?|=) \S+(?: AND time <=? \S+)?/;

/** The same question, with the range put into the inner query. */
function withinInner(query: string): string | undefined {
  const inner = innerOf(query);
  const [range] = RANGE.exec(outerOf(query)) ?? [];
  if (range === undefined || !isBucketed(inner.slice(1, -1))) return undefined;
  const narrowed = inner.includes(' WHERE ')
    ? inner.replace(' WHERE ', ` WHERE ${range} AND `)
    : inner.replace(' GROUP BY ', ` WHERE ${range} GROUP BY `);
  const outer = query.replace(inner, 'inner').replace(range, "time < '2100-01-01T00:00:00Z'");
  return outer.replace('inner', () => narrowed);
}

export const INNER_DIFFERENCES: readonly KeptDifference[] = [
  {
    why: 'an inner bucket may begin before the range that it lies in; a function over the whole range then finds nothing in InfluxDB',
    applies: async ({ query, theirs, ours, ask }) => {
      const other = isEmpty(theirs) && !isBucketed(query) ? withinInner(query) : undefined;
      return other !== undefined && isSameWith(await ask(other), ours, undated);
    },
  },
  {
    why: 'SLIMIT in or around a subquery counts the series of that answer; InfluxDB hands it down, and some functions pass it over',
    applies: async ({ query, ours, ask }) => {
      const [, limit] = /S(?:LIMIT|OFFSET) (\d+)/.exec(outerOf(query)) ?? [];
      const every = reworded(query, (outer) => outer.replaceAll(/ S(?:LIMIT|OFFSET) \d+/g, ''));
      if (innerOf(query) === '' || every === undefined || ours.kind !== 'rows') return false;
      return (/SLIMIT/.test(query) ? ours.series.length <= Number(limit) : true) && isPartOf(ours, await ask(every));
    },
  },
  {
    why: 'LIMIT of an inner query counts the rows of each series; InfluxDB loses count where the outer one groups by other tags',
    applies: (found) => / LIMIT \d/.test(innerOf(found.query)) && isGroupedOtherwise(found.query) && agreeApart(found),
  },
  {
    why: 'inner top() and bottom() look at all samples; with LIMIT, InfluxDB at as many of the first',
    applies: async ({ query, ask, askUs }) => {
      const inner = innerOf(query);
      if (!/SELECT (?:top|bottom)\(.* LIMIT \d/.test(inner)) return false;
      const whole = query.replace(inner, () => inner.replaceAll(/ (?:LIMIT|OFFSET) \d+/g, ''));
      return isSameWith(await ask(whole), await askUs(whole), numbersSorted);
    },
  },
  {
    why: 'a tag that a sample lacks is nothing also where an inner query fills gaps with a number',
    applies: ({ query, theirs, ours }) => {
      const columns = columnsWith(query, /^(?:host|site|rack)/);
      const isFilled = / fill\(-?\d/.test(innerOf(query)) && columns.includes(true);
      return isFilled && isSameWith(theirs, ours, (series) => numbers(series, columns, () => null));
    },
  },
  {
    why: 'gaps of an inner query are filled series by series; InfluxDB loses count where the outer one does not group by the same tags',
    applies: (found) =>
      / GROUP BY time\([^)]*\), .* fill\((?!none)/.test(innerOf(found.query)) &&
      isGroupedOtherwise(found.query) &&
      haveSameHeads(found.theirs, found.ours) &&
      agreeApart(found),
  },
  {
    why: 'rows of an inner query of several functions come by time; InfluxDB mixes them where the outer one groups by fewer tags',
    applies: ({ query, theirs, ours }) =>
      /SELECT [a-z]+\([^)]*\)[^(]*, [a-z]+\(/.test(innerOf(query)) &&
      isGroupedOtherwise(query) &&
      agreeButForOrder(query, theirs, ours),
  },
  {
    why: 'samples that an inner query selects of several series come by time; InfluxDB gives them series by series',
    applies: ({ query, theirs, ours }) => {
      const inner = innerOf(query);
      const isOfSeries = tagsOf(inner) !== '' && !isBucketed(inner.slice(1, -1));
      const selects = isOfSeries && /SELECT (?:max|min|first|last|percentile)\(/.test(inner);
      const isOfMany = tagsOf(inner) !== '' && /SELECT (?:top|bottom)\(/.test(inner);
      return (selects || isOfMany) && agreeButForOrder(query, theirs, ours);
    },
  },
  {
    why: 'mode() over a subquery that groups by tags gives one row per bucket; InfluxDB may give several',
    applies: ({ query, theirs, ours }) => {
      const columns = columnsWith(query, /mode\(/);
      const once = (answer: Answer) => withSeries(answer, (series) => oncePerMoment(without(series, columns)));
      return (
        columns.includes(true) && tagsOf(innerOf(query)) !== '' && difference(once(theirs), once(ours)) === undefined
      );
    },
  },
];

function oncePerMoment(series: Series): Series {
  return { ...series, values: [...new Map(series.values.map((row) => [row[0], row])).values()] };
}
