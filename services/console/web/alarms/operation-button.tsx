// One thing to do to an alarm. Offered where it has something to do; out of reach while another is under way.

import type { AlarmOperationName } from '#domain/alarm.ts';
import { waitingCommands } from '#domain/alarm-operations.ts';
import type { AlarmView } from '../../api/live.ts';
import { texts } from '../texts.ts';
import { type OperationDetail, operationOf, send } from './operations.ts';

export type OperationButtonProps = {
  readonly op: AlarmOperationName;
  readonly alarm: AlarmView;
  /** What is sent along, asked for when the button is pressed. */
  readonly detail?: () => OperationDetail;
  /** The server has taken it. */
  readonly onSent?: (detail: OperationDetail) => void;
  readonly tabIndex?: number;
};

export function OperationButton({ op, alarm, detail, onSent, tabIndex = 0 }: OperationButtonProps) {
  const { operations, operationNamed, sending, sent } = texts.alarms;
  const operation = operationOf(alarm);
  const isThis = operation.isUnderWay && operation.op === op;
  return (
    <button
      type="button"
      data-testid={`${op}-button`}
      aria-label={operationNamed(operations[op], nameOf(op, alarm))}
      // Not `disabled`, which would take the keyboard away from whoever has just pressed it.
      aria-disabled={operation.isUnderWay}
      tabIndex={tabIndex}
      onClick={async () => {
        if (operation.isUnderWay) return;
        const asked = detail?.() ?? {};
        const refused = await send(op, [alarm], asked);
        if (refused.length === 0) onSent?.(asked);
      }}
    >
      {isThis ? (operation.is === 'sent' ? sent : sending) : operations[op]}
    </button>
  );
}

/** Who approves hears what: all commands that wait are let go at once. */
function nameOf(op: AlarmOperationName, alarm: AlarmView): string {
  const name = `${alarm.name} ${alarm.instance}`;
  const targets = op === 'approve' ? commandsOf(alarm) : [];
  return targets.length === 0 ? name : `${targets.join(', ')} (${name})`;
}

export function commandsOf(alarm: AlarmView): string[] {
  return waitingCommands(alarm).map(({ command, device }) => texts.alarms.commandTo(command, device));
}
