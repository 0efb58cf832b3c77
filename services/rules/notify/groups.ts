// Calls that belong together wait for each other: the first of a group waits groupWait, later ones until groupInterval has
// passed since the last message. A critical call waits for nobody, and takes along what waits. `clock` is a time that never
// goes back.

import type { Notice } from '#rules/engine/inputs.ts';
import type { Call } from './call.ts';
import { type Draft, draftsOf, type Entry } from './draft.ts';
import { isCriticalCall } from './notice-phase.ts';
import type { GroupKey } from './notify-schema.ts';
import { labelOf } from './routing.ts';

type Group = {
  readonly address: string;
  readonly waiting: Map<string, Entry>;
  flushAt: number;
  /** Until then the group is remembered, so that its next message keeps the interval. */
  freeAt: number;
};

export class Groups {
  readonly #groups = new Map<string, Group>();

  get size(): number {
    return this.#groups.size;
  }

  add(call: Call, clock: number): void {
    const thread = threadOf(call);
    const known = this.#groups.get(thread);
    const isResting = known !== undefined && known.waiting.size === 0;
    const group: Group =
      known === undefined || (isResting && clock >= known.freeAt)
        ? { address: call.address, waiting: new Map(), flushAt: clock + call.terms.groupWait, freeAt: clock }
        : known;
    this.#groups.set(thread, group);
    if (group === known && isResting) group.flushAt = known.freeAt;
    if (isCriticalCall(call.notice)) group.flushAt = clock;
    const before = group.waiting.get(call.notice.alarmId);
    const earlier = before === undefined ? [] : [...before.earlier, before.call];
    group.waiting.set(call.notice.alarmId, { call, earlier });
  }

  /** What has waited long enough. */
  due(clock: number): Draft[] {
    const drafts: Draft[] = [];
    for (const [thread, group] of this.#groups) {
      if (group.waiting.size === 0) {
        if (clock >= group.freeAt) this.#groups.delete(thread);
      } else if (clock >= group.flushAt) {
        const entries = [...group.waiting.values()];
        drafts.push(...draftsOf({ address: group.address, thread, kind: 'alarms', entries }));
        group.waiting.clear();
        group.freeAt = clock + Math.max(...entries.map(({ call }) => call.terms.groupInterval));
      }
    }
    return drafts;
  }

  /** Takes back what waits for such addresses. */
  withdraw(isGone: (address: string) => boolean): Call[] {
    const gone = [...this.#groups].filter(([, { address }]) => isGone(address));
    for (const [thread] of gone) this.#groups.delete(thread);
    return gone.flatMap(([, { waiting }]) => [...waiting.values()].flatMap(({ call, earlier }) => [...earlier, call]));
  }
}

/** JSON, so that no name can pretend to be two. */
function threadOf({ address, terms, notice }: Call): string {
  return JSON.stringify([address, terms.id, ...terms.groupBy.map((key) => partOf(key, notice))]);
}

function partOf(key: GroupKey, notice: Notice): string {
  if (key === 'alarm') return notice.alarmId;
  if (key === 'site' || key === 'area' || key === 'rule' || key === 'instance' || key === 'priority')
    return notice[key];
  return labelOf(notice, key.slice('labels.'.length)) ?? '';
}
