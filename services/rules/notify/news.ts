// Whether an entry still tells its address anything when its group is due: a return of what was never told does not, nor an
// alarm that came and went while it waited, unless it is critical or somebody has to acknowledge it.

import type { Outcome } from './call.ts';
import type { StageContext } from './call-stages.ts';
import type { Draft, Entry } from './draft.ts';
import { isCall, isCriticalCall, phaseOf } from './notice-phase.ts';

/** The drafts with what is worth telling; those with nothing are gone. */
export function newsOf(drafts: readonly Draft[], context: StageContext): Draft[] {
  return drafts.flatMap((draft) => {
    const entries = draft.entries.filter((entry) => isNews(entry, context));
    return entries.length === 0 ? [] : [{ ...draft, entries }];
  });
}

function isNews(entry: Entry, context: StageContext): boolean {
  const verdict = verdictOf(entry, context);
  if (verdict === undefined) return true;
  for (const call of [...entry.earlier, entry.call]) context.settle(call, ...verdict);
  return false;
}

function verdictOf({ call, earlier }: Entry, { told, underWay }: StageContext): [Outcome, string] | undefined {
  const { notice, address } = call;
  const before = underWay.postedTo(address, notice.alarmId) ?? told.get(address, notice.alarmId)?.notice;
  if (call.isRepeat || isCall(notice) || (notice.to !== undefined && earlier.length === 0)) return undefined;
  if (before === undefined) {
    if (!earlier.some((each) => isCall(each.notice))) return ['untold', `${address} was not called for it`];
    if (phaseOf(notice) === 'waiting' || earlier.some((each) => isCriticalCall(each.notice))) return undefined;
    return ['passed', 'it was over, or somebody had it, before it was told'];
  }
  const isSame = phaseOf(before) === phaseOf(notice) && before.priority === notice.priority;
  return isSame && !earlier.some((each) => isCall(each.notice)) ? ['unchanged', `${address} knows as much`] : undefined;
}
