// What the list of alarms shows and what is chosen in it: the filter of the address, the row that the keyboard is at, the rows that
// are ticked. Kept here and not in a row: rows come and go while somebody scrolls.

import { computed, effect, signal } from '@preact/signals';
import type { AlarmView } from '../../api/live.ts';
import { alarms } from '../state/live.ts';
import { forgetWithPerson } from '../state/personal.ts';
import { hrefOf, type RouteQuery, replaceQuery, route } from '../state/route.ts';
import { type AlarmFilter, formatFilter, parseFilter, passes } from './alarm-filter.ts';
import { episodeOf } from './order.ts';
import { OrderedAlarms } from './ordered-alarms.ts';
import { isTicked, NOWHERE, type Place, placeIn, standing, type Ticks, ticksOf, withRange } from './selection.ts';

export const filter = computed(() => parseFilter(route.value.query));
/** Another address with the same filter is no other list. */
const filterKey = computed(() => JSON.stringify(filter.value));
const ordered = computed(() => new OrderedAlarms(passes(JSON.parse(filterKey.value) as AlarmFilter)));
export const shownAlarms = computed(() => ordered.value.update(alarms.value));

export function setFilter(change: Partial<AlarmFilter>): void {
  replaceQuery({ ...others(['view', 'kind']), ...formatFilter({ ...filter.value, ...change }) });
}

/** What else the address says, and goes on saying. */
function others(names: readonly string[]): RouteQuery {
  const { query } = route.value;
  return Object.fromEntries([...names, 'wall'].map((name) => [name, query.get(name) ?? undefined]));
}

/** The list, with the filter that it has. */
export function hrefOfList(): string {
  return hrefOf('alarms', [], { ...others([]), ...formatFilter(filter.value) });
}

export function hrefOfAlarm({
  site,
  area,
  rule,
  instance,
}: Pick<AlarmView, 'site' | 'area' | 'rule' | 'instance'>): string {
  return hrefOf('alarms', [site, area, rule, instance], { ...others([]), ...formatFilter(filter.value) });
}

const place = signal<Place>(NOWHERE);

/** The row that the keyboard is at; where its alarm has left, the one that stands there now. */
export const current = computed(() => placeIn(shownAlarms.value, place.value));

export function moveTo(index: number): void {
  const list = shownAlarms.value;
  const at = Math.max(0, Math.min(list.length - 1, index));
  place.value = { id: list[at]?.id ?? null, index: at };
}

const ticked = signal<Ticks>(new Map());
effect(() => {
  ticked.value = standing(ticked.peek(), alarms.value);
});
/** Where a range begins: the row that was ticked last. */
let anchor: string | null = null;
forgetWithPerson(selectNone);

/** Of those that are shown: nobody does anything to what he does not see. */
export const selected = computed<readonly AlarmView[]>(() =>
  ticked.value.size === 0 ? [] : shownAlarms.value.filter((alarm) => isTicked(ticked.value, alarm)),
);

export function isSelected(id: string): boolean {
  return ticked.value.has(id);
}

export function toggle(id: string): void {
  const next = new Map(ticked.value);
  const alarm = alarms.value.get(id);
  if (!next.delete(id) && alarm !== undefined) next.set(id, episodeOf(alarm));
  anchor = id;
  ticked.value = next;
}

/** From the row that was ticked last to this one, both included. */
export function selectTo(id: string): void {
  ticked.value = withRange(ticked.value, shownAlarms.value, { from: anchor ?? id, to: id });
  anchor ??= id;
}

export function selectAll(): void {
  ticked.value = ticksOf(shownAlarms.value);
}

export function selectNone(): void {
  ticked.value = new Map();
  anchor = null;
}
