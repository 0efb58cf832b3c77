// What can be done to all alarms that are ticked, and to how many of them each thing can be done.

import type { AlarmOperationName } from '#domain/alarm.ts';
import { ALARM_OPERATIONS } from '#domain/alarm.ts';
import { whyNot } from '#domain/alarm-operations.ts';
import { mayDo } from '../state/session.ts';
import { texts } from '../texts.ts';
import { ask } from './asked-operation.ts';
import { selected, selectNone } from './list-state.ts';

export function BulkBar() {
  const list = selected.value;
  const { bulk, operations } = texts.alarms;
  const countOf = (op: AlarmOperationName) => list.filter((alarm) => whyNot(op, alarm) === undefined).length;
  const offers = ALARM_OPERATIONS.filter(mayDo).map((op) => [op, countOf(op)] as const);
  if (list.length === 0) return null;
  return (
    <fieldset class="bulk" data-testid="bulk-bar">
      <legend class="visually-hidden">{bulk.label}</legend>
      <b>{bulk.selected(list.length)}</b>
      {offers.map(
        ([op, count]) =>
          count > 0 && (
            <button key={op} type="button" data-testid={`bulk-${op}`} onClick={() => ask(op, list)}>
              {bulk.some(operations[op], count)}
            </button>
          ),
      )}
      <button type="button" class="quiet" data-testid="select-none" onClick={selectNone}>
        {bulk.none}
      </button>
    </fieldset>
  );
}
