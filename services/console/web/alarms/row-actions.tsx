// What an alarm asks for, one press away in its row; everything else stands in the details.

import { whyNot } from '#domain/alarm-operations.ts';
import type { AlarmView } from '../../api/live.ts';
import { mayDo } from '../state/session.ts';
import { OperationButton } from './operation-button.tsx';
import { Unanswered } from './unanswered.tsx';
import type { Operation } from './use-operation.ts';

export type RowActionsProps = { readonly alarm: AlarmView; readonly operation: Operation };

export function RowActions({ alarm, operation }: RowActionsProps) {
  const asked = (['approve', 'ack', 'reset', 'unshelve', 'in-service'] as const).filter(
    (op) => mayDo(op) && whyNot(op, alarm) === undefined,
  );
  return (
    <div class="row-actions">
      {asked.map((op) => (
        <OperationButton key={op} op={op} alarm={alarm} operation={operation} />
      ))}
      <p class="problem" role="alert">
        {operation.is === 'unanswered' ? <Unanswered alarm={alarm} sinceSeq={operation.sinceSeq} /> : operation.why}
      </p>
    </div>
  );
}
