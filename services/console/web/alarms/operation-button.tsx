// One thing to do to an alarm. Offered where it has something to do; out of reach while another is under way.

import type { AlarmOperationName } from '#domain/alarm.ts';
import { waitingCommands } from '#domain/alarm-operations.ts';
import type { AlarmView } from '../../api/live.ts';
import { texts } from '../texts.ts';
import type { Operation } from './use-operation.ts';

export type OperationButtonProps = {
  readonly op: AlarmOperationName;
  readonly alarm: AlarmView;
  readonly operation: Operation;
  /** Another word than the operation's own. */
  readonly word?: string;
  /** What is sent along, asked for when the button is pressed. */
  readonly detail?: () => { readonly comment?: string; readonly until?: number | undefined };
};

export function OperationButton({ op, alarm, operation, word, detail }: OperationButtonProps) {
  const { operations, operationNamed, sending, sent } = texts.alarms;
  const shown = word ?? operations[op];
  const isThis = operation.isUnderWay && operation.op === op;
  return (
    <button
      type="button"
      data-testid={`${op}-button`}
      aria-label={operationNamed(shown, nameOf(op, alarm))}
      disabled={operation.isUnderWay}
      onClick={() => operation.send(op, detail?.())}
    >
      {isThis ? (operation.is === 'sent' ? sent : sending) : shown}
    </button>
  );
}

/** Who approves hears what: all commands that wait are let go at once. */
function nameOf(op: AlarmOperationName, alarm: AlarmView): string {
  const name = `${alarm.name} ${alarm.instance}`;
  const commands = op === 'approve' ? waitingCommands(alarm) : [];
  const targets = commands.map(({ command, device }) => texts.alarms.commandTo(command, device));
  return targets.length === 0 ? name : `${targets.join(', ')} (${name})`;
}
