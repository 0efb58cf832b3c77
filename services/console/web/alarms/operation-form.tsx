// Everything that can be done to an alarm as it stands, with a comment for the journal.

import { useSignal } from '@preact/signals';
import type { AlarmOperationName } from '#domain/alarm.ts';
import { whyNot } from '#domain/alarm-operations.ts';
import type { AlarmView } from '../../api/live.ts';
import { currentTime } from '../state/clock.ts';
import { mayDo } from '../state/session.ts';
import { texts } from '../texts.ts';
import { formatAge } from '../values/format.ts';
import { OperationButton } from './operation-button.tsx';
import type { Operation } from './use-operation.ts';

const MINUTE_MS = 60_000;
const SHELVINGS_MS = [15 * MINUTE_MS, 60 * MINUTE_MS, 240 * MINUTE_MS];

export type OperationFormProps = { readonly alarm: AlarmView; readonly operation: Operation };

export function OperationForm({ alarm, operation }: OperationFormProps) {
  const comment = useSignal('');
  const detail = () => ({ comment: comment.value });
  const can = (op: AlarmOperationName) => mayDo(op) && whyNot(op, alarm) === undefined;
  const offers = (['reset', 'unshelve', 'oos', 'in-service'] as const).filter(can);
  const canAcknowledge = can('ack');
  const canShelve = alarm.shelvedUntil === null && can('shelve');
  if (offers.length === 0 && !canAcknowledge && !canShelve) return null;
  return (
    <form
      class="operations"
      onSubmit={(event) => {
        event.preventDefault();
        if (canAcknowledge && !operation.isUnderWay) operation.send('ack', detail());
      }}
    >
      <label class="inline">
        {texts.alarms.comment}{' '}
        <input
          data-testid="operation-comment"
          maxLength={2000}
          value={comment.value}
          onInput={(event) => {
            comment.value = event.currentTarget.value;
          }}
        />
      </label>
      {canAcknowledge && (
        <button type="submit" data-testid="ack-with-comment" disabled={operation.isUnderWay}>
          {texts.alarms.acknowledgeWithComment}
        </button>
      )}
      {offers.map((op) => (
        <OperationButton key={op} op={op} alarm={alarm} operation={operation} detail={detail} />
      ))}
      {canShelve && <Shelving alarm={alarm} operation={operation} comment={comment.value} />}
    </form>
  );
}

function Shelving({ alarm, operation, comment }: OperationFormProps & { readonly comment: string }) {
  const chosen = useSignal(0);
  const { shelveFor, shelveLongest } = texts.alarms;
  const shorter = SHELVINGS_MS.filter((ms) => ms < alarm.shelvingMsMax);
  /** The last one names no end: the rule's longest, which the rules service reckons by its own clock. */
  const until = () => {
    const ms = shorter[chosen.value];
    return ms === undefined ? undefined : currentTime() + ms;
  };
  return (
    <span class="shelving">
      <OperationButton op="shelve" alarm={alarm} operation={operation} detail={() => ({ comment, until: until() })} />
      <select
        aria-label={shelveFor}
        data-testid="shelve-for"
        value={chosen.value}
        onChange={(event) => {
          chosen.value = event.currentTarget.selectedIndex;
        }}
      >
        {shorter.map((ms, i) => (
          <option key={ms} value={i}>
            {formatAge(ms)}
          </option>
        ))}
        <option value={shorter.length}>{shelveLongest(formatAge(alarm.shelvingMsMax))}</option>
      </select>
    </span>
  );
}
