// The latest values by area, device and metric, cut to what one screen can hold.

import type { ValueView } from '../../api.ts';

/** Rows that are drawn: each is redrawn once a second for its age. */
const ROWS_MAX = 200;

export type Area = { readonly name: string; readonly values: readonly ValueView[] };
export type GroupedValues = { readonly areas: readonly Area[]; readonly hidden: number };

export function groupValues(values: Iterable<ValueView>, search: string): GroupedValues {
  const words = search.toLowerCase().split(/\s+/);
  const found = Array.from(values).filter((value) => {
    const text = `${value.site} ${value.area} ${value.device} ${value.metric}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  found.sort((a, b) => compare(areaOf(a), areaOf(b)) || compare(a.device, b.device) || compare(a.metric, b.metric));
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

/** tank-2 before tank-10. */
const collator = new Intl.Collator('en', { numeric: true });

function compare(a: string, b: string): number {
  return collator.compare(a, b);
}
