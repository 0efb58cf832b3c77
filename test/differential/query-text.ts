// The text of a random query, taken apart as far as the list of kept differences needs it.

/** A function over samples, other than those of one row. */
export const CALL =
  /\b(?:mean|sum|count|min|max|first|last|median|spread|stddev|percentile|distinct|mode|top|bottom|[a-z_]*(?:derivative|difference)|elapsed|integral|moving_average|cumulative_sum)\(/;

const INNER = /\(SELECT [^()]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*)*\)/;

/** The query without those inside it. */
export function outerOf(query: string): string {
  let outer = query;
  for (let inner = outer; ; outer = inner) {
    inner = outer.replace(INNER, 'inner');
    if (inner === outer) return outer;
  }
}

/** With another outer query around the same inner one; undefined where that changes nothing. */
export function reworded(query: string, change: (outer: string) => string): string | undefined {
  const [inner] = INNER.exec(query) ?? [];
  const whole = inner === undefined ? query : query.replace(inner, () => '«»');
  const changed = change(whole);
  return changed === whole ? undefined : changed.replace('«»', () => inner ?? '');
}

export function innerOf(query: string): string {
  return INNER.exec(query)?.[0] ?? '';
}

/** The texts of its columns, the first that of the time. */
export function columnsOf(query: string): string[] {
  const list = /^SELECT (.*?) FROM /.exec(outerOf(query))?.[1] ?? '';
  const columns = ['time'];
  let depth = 0;
  let from = 0;
  for (const [i, character] of [...list].entries()) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character !== ',' || depth > 0) continue;
    columns.push(list.slice(from, i));
    from = i + 1;
  }
  columns.push(list.slice(from));
  // The column of the times stands first wherever it is asked for.
  return columns.map((text) => text.trim()).filter((text, i) => i === 0 || !/^time\b/.test(text));
}

/** By column, whether its text is like this. */
export function columnsWith(query: string, pattern: RegExp): boolean[] {
  return columnsOf(query).map((text, i) => i > 0 && pattern.test(text));
}

export const isBounded = (query: string) => /time (?:>=?|=) /.test(query);
export const isBucketed = (query: string) => /GROUP BY time\(/.test(outerOf(query));

/** The tags that a query groups by, as text. */
export function tagsOf(query: string): string {
  const groups = / GROUP BY ((?:time\([^)]*\)(?:, )?)?)(.*?)(?: fill\(| ORDER BY| S?LIMIT| S?OFFSET| tz\(|\)?$)/.exec(
    query,
  );
  return groups?.[2] ?? '';
}

/** Whether the answer depends on the order in which samples of one moment, or of several series, are read. */
export function dependsOnOrder(query: string): boolean {
  const isOfOne = /first|last|top|bottom|(?:min|max|percentile)\(\S+\), /.test(query);
  return isOfOne || /derivative|difference|moving_average|cumulative_sum|elapsed|integral|LIMIT|OFFSET/.test(query);
}
