// The latest values by area, device and metric, cut to what one screen can hold.

import type { ValueView } from '../../api/live.ts';
import { compareNames, finder } from '../parts/find.ts';

/** Rows that are drawn: each is redrawn once a second for its age. */
const ROWS_MAX = 200;

export type Area = { readonly name: string; readonly values: readonly ValueView[] };
export type GroupedValues = { readonly areas: readonly Area[]; readonly hidden: number };

export function groupValues(values: Iterable<ValueView>, search: string): GroupedValues {
  const isFound = finder(search);
  const found = Array.from(values).filter(({ site, area, device, metric }) =>
    isFound(`${site} ${area} ${device} ${metric}`),
  );
  found.sort(
    (a, b) =>
      compareNames(areaOf(a), areaOf(b)) || compareNames(a.device, b.device) || compareNames(a.metric, b.metric),
  );
  const areas = new Map<string, ValueView[]>();
  for (const value of found.slice(0, ROWS_MAX)) {
    const list = areas.get(areaOf(value));
    if (list === undefined) areas.set(areaOf(value), [value]);
    else list.push(value);
  }
  return {
    areas: Array.from(areas, ([name, list]) => ({ name, values: list })),
    hidden: Math.max(0, found.length - ROWS_MAX),
  };
}

function areaOf(value: ValueView): string {
  return `${value.site} / ${value.area}`;
}
