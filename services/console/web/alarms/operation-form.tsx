// Everything that can be done to an alarm as it stands, with a comment for the journal.

import { useSignal } from '@preact/signals';
import type { AlarmOperationName } from '#domain/alarm.ts';
import { whyNot } from '#domain/alarm-operations.ts';
import type { AlarmView } from '../../api/live.ts';
import { mayDo } from '../state/session.ts';
import { texts } from '../texts.ts';
import { OperationButton } from './operation-button.tsx';
import { type OperationDetail, operationOf, send } from './operations.ts';
import { ShelveChoice } from './shelve-choice.tsx';

export function OperationForm({ alarm }: { readonly alarm: AlarmView }) {
  const comment = useSignal('');
  const shelveMs = useSignal<number | undefined>(undefined);
  const detail = () => ({ comment: comment.value });
  /** What was said of one operation is not said of the next; what was typed meanwhile stays, and so does what was refused. */
  const onSent = (sent: OperationDetail) => {
    if (comment.value === sent.comment) comment.value = '';
  };
  const can = (op: AlarmOperationName) => mayDo(op) && whyNot(op, alarm) === undefined;
  const offers = (['approve', 'reset', 'unshelve', 'oos', 'in-service'] as const).filter(can);
  const canAcknowledge = can('ack');
  const canShelve = alarm.shelvedUntil === null && can('shelve');
  if (offers.length === 0 && !canAcknowledge && !canShelve) return null;
  return (
    <form
      class="operations"
      onSubmit={async (event) => {
        event.preventDefault();
        if (!canAcknowledge || operationOf(alarm).isUnderWay) return;
        const asked = detail();
        const refused = await send('ack', [alarm], asked);
        if (refused.length === 0) onSent(asked);
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
        <button type="submit" data-testid="ack-with-comment" aria-disabled={operationOf(alarm).isUnderWay}>
          {texts.alarms.acknowledgeWithComment}
        </button>
      )}
      {offers.map((op) => (
        <OperationButton key={op} op={op} alarm={alarm} detail={detail} onSent={onSent} />
      ))}
      {canShelve && (
        <span class="shelving">
          <OperationButton
            op="shelve"
            alarm={alarm}
            detail={() => ({ ...detail(), shelveMs: shelveMs.value })}
            onSent={onSent}
          />
          <ShelveChoice longestMs={alarm.shelvingMsMax} chosen={shelveMs} />
        </span>
      )}
    </form>
  );
}
