// What an alarm asks for, one press away in its row; everything else stands in its panel.

import { whyNot } from '#domain/alarm-operations.ts';
import type { AlarmView } from '../../api/live.ts';
import { mayDo } from '../state/session.ts';
import { OperationButton } from './operation-button.tsx';
import { OperationNote } from './operation-note.tsx';

/** As many as a row has room for; the panel has them all. */
const OFFERED_MAX = 2;

export type RowActionsProps = { readonly alarm: AlarmView; readonly tabIndex: number };

export function RowActions({ alarm, tabIndex }: RowActionsProps) {
  const asked = (['approve', 'ack', 'reset', 'unshelve', 'in-service'] as const).filter(
    (op) => mayDo(op) && whyNot(op, alarm) === undefined,
  );
  return (
    <div class="row-actions">
      {asked.slice(0, OFFERED_MAX).map((op) => (
        <OperationButton key={op} op={op} alarm={alarm} tabIndex={tabIndex} />
      ))}
      <OperationNote alarm={alarm} />
    </div>
  );
}
