// Which kinds of what was refused are drawn, and what is shown of the live stream beside them. Pure.

import type { RejectView } from '../../api/live.ts';
import type { RejectedGroupsView } from '../../api/rejected.ts';
import { finder } from '../parts/find.ts';

type Group = RejectedGroupsView['groups'][number];

export const SHOWS = ['waiting', 'all'] as const;
export type Shows = (typeof SHOWS)[number];

/** Those that hold something which was not sent again, or all; and what a person searches for. */
export function shownGroups(
  groups: readonly Group[],
  { shows, search }: { readonly shows: Shows; readonly search: string },
): readonly Group[] {
  const isFound = finder(search);
  return groups
    .filter(({ waiting }) => shows === 'all' || waiting > 0)
    .filter(({ reason, device, topic, message, place }) =>
      isFound(`${reason} ${device ?? ''} ${topic} ${message} ${place ?? ''}`),
    );
}

/** Known ones where they stood, so that nothing moves under a hand; new ones before them. */
export function inKnownOrder(groups: readonly Group[], known: readonly Group[]): readonly Group[] {
  const places = new Map(known.map((group, i) => [keyOf(group), i]));
  const placeOf = (group: Group) => places.get(keyOf(group)) ?? -1;
  return groups.toSorted((a, b) => placeOf(a) - placeOf(b));
}

export function keyOf({ id, reason }: Group): string {
  return id ?? reason;
}

/** What the groups do not hold: it is kept nowhere, or by a service whose rejections lie elsewhere (null: all of them do). */
export function unkept(live: readonly RejectView[], elsewhere: readonly string[] | null): readonly RejectView[] {
  return live.filter(
    ({ id }) => id === undefined || elsewhere === null || elsewhere.includes(id.split('-', 1)[0] ?? ''),
  );
}
