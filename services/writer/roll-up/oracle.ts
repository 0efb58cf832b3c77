// What roll-ups must be, worked out in the plainest way from every point that was ever published: for tests.

export type PublishedPoint = {
  readonly site: string;
  readonly area: string;
  readonly device: string;
  readonly metric: string;
  readonly at: number;
  readonly value: number | boolean | string;
};

/** Points by `area=…,device=…,metric=…,site=… <bucket start>`; of one moment of one series the last one published counts. */
export function expectedRollUps(
  published: readonly PublishedPoint[],
  widthMs: number,
): Record<string, Record<string, number | boolean | string>> {
  const latest = new Map<string, PublishedPoint>();
  for (const point of published) latest.set(`${seriesOf(point)} ${point.at}`, point);
  const buckets = new Map<string, PublishedPoint[]>();
  for (const point of [...latest.values()].sort((a, b) => a.at - b.at)) {
    const key = `${seriesOf(point)} ${Math.floor(point.at / widthMs) * widthMs}`;
    buckets.set(key, [...(buckets.get(key) ?? []), point]);
  }
  return Object.fromEntries([...buckets].map(([key, points]) => [key, statisticsOf(points.map(({ value }) => value))]));
}

function statisticsOf(values: readonly (number | boolean | string)[]): Record<string, number | boolean | string> {
  const [first = 0] = values;
  const last = values.at(-1) ?? 0;
  const count = values.length;
  if (typeof first === 'boolean') return { flagCount: count, flagFirst: first, flagLast: last };
  if (typeof first === 'string') return { textCount: count, textFirst: first, textLast: last };
  const numbers = values as readonly number[];
  const sum = numbers.reduce((total, value) => total + value, 0);
  return { mean: sum / count, min: Math.min(...numbers), max: Math.max(...numbers), sum, count, first, last };
}

function seriesOf({ site, area, device, metric }: PublishedPoint): string {
  return `area=${area},device=${device},metric=${metric},site=${site}`;
}
