// What became of an operation that was not done.

import type { AlarmView } from '../../api/live.ts';
import { operationOf } from './operations.ts';
import { Unanswered } from './unanswered.tsx';

export function OperationNote({ alarm }: { readonly alarm: AlarmView }) {
  const operation = operationOf(alarm);
  return (
    <p class="problem clamp" role="alert">
      {operation.is === 'unanswered' ? <Unanswered alarm={alarm} sinceSeq={operation.sinceSeq} /> : operation.why}
    </p>
  );
}
