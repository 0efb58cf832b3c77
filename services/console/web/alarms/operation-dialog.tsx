// Asks about an operation on one alarm or many before it is sent, and tells in words what was not done.

import { type Signal, useSignal } from '@preact/signals';
import { whyNot } from '#domain/alarm-operations.ts';
import type { AlarmView } from '../../api/live.ts';
import { Dialog } from '../parts/dialog.tsx';
import { alarms } from '../state/live.ts';
import { texts } from '../texts.ts';
import { formatAge } from '../values/format.ts';
import { type Asked, asked } from './asked-operation.ts';
import { focusRow } from './focus-row.ts';
import { current, selectNone } from './list-state.ts';
import { commandsOf } from './operation-button.tsx';
import { type Refused, send } from './operations.ts';
import { ShelveChoice } from './shelve-choice.tsx';

/** Alarms that are named; the others are counted. */
const NAMED_MAX = 8;

export function OperationDialog() {
  const value = asked.value;
  // A dialog of its own for each question: comment and answer belong to it.
  return value === null ? null : <Question key={`${value.op} ${value.ids.join(' ')}`} {...value} />;
}

function Question({ op, ids }: Asked) {
  const comment = useSignal('');
  const shelveMs = useSignal<number | undefined>(undefined);
  const refused = useSignal<readonly Refused[] | null>(null);
  const isSending = useSignal(false);
  const { bulk, operations } = texts.alarms;
  const close = () => {
    asked.value = null;
    requestAnimationFrame(refocus);
  };
  // As they stand now: some may have gone, or been answered by somebody else, since the question was asked.
  const known = ids.map((id) => alarms.value.get(id)).filter((alarm) => alarm !== undefined);
  const targets = known.filter((alarm) => whyNot(op, alarm) === undefined);
  const submit = async () => {
    if (isSending.value || targets.length === 0) return;
    isSending.value = true;
    const answer = await send(op, targets, { comment: comment.value, shelveMs: shelveMs.value });
    isSending.value = false;
    selectNone();
    if (answer.length === 0) close();
    else refused.value = answer;
  };
  const heading = bulk.question(operations[op], targets.length);
  if (refused.value !== null) {
    return (
      <Dialog
        key="refused"
        heading={bulk.refusedHeading(refused.value.length)}
        testId="operation-refused"
        onClose={close}
      >
        <div role="alert">
          <ul class="refused">
            {refused.value.map(({ alarm, why }) => (
              <li key={alarm.id} class="clamp" dir="auto">
                <b>{`${alarm.name} ${alarm.instance}`}</b>: {why}
              </li>
            ))}
          </ul>
        </div>
        <button type="button" onClick={close}>
          {bulk.close}
        </button>
      </Dialog>
    );
  }
  return (
    <Dialog heading={heading} testId="operation-dialog" onClose={close}>
      <form
        class="question"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <label>
          {texts.alarms.comment}
          <input
            data-testid="bulk-comment"
            maxLength={2000}
            value={comment.value}
            onInput={(event) => {
              comment.value = event.currentTarget.value;
            }}
          />
        </label>
        {op === 'shelve' && targets.length > 0 && <Shelving targets={targets} chosen={shelveMs} />}
        <Targets op={op} targets={targets} />
        {targets.length < ids.length && <p class="hint">{bulk.leftOut(ids.length - targets.length)}</p>}
        <div class="question-buttons">
          <button type="submit" data-testid="bulk-confirm" aria-disabled={isSending.value || targets.length === 0}>
            {isSending.value ? texts.alarms.sending : bulk.some(operations[op], targets.length)}
          </button>
          <button type="button" class="quiet" onClick={close}>
            {bulk.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The row that the question was asked from may have left; whoever works by keyboard goes on at the next one. */
function refocus(): void {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) focusRow(current.value.id);
}

type TargetsProps = { readonly op: Asked['op']; readonly targets: readonly AlarmView[] };

/** Who approves must see each command that he lets go. */
function Targets({ op, targets }: TargetsProps) {
  const shown = op === 'approve' ? targets : targets.slice(0, NAMED_MAX);
  return (
    <ul class="targets">
      {shown.map((alarm) => (
        <li key={alarm.id} class="clamp" dir="auto">
          {op === 'approve' && <b>{commandsOf(alarm).join(', ')}: </b>}
          {alarm.summary}
        </li>
      ))}
      {targets.length > shown.length && <li>{texts.alarms.bulk.more(targets.length - shown.length)}</li>}
    </ul>
  );
}

type ShelvingProps = { readonly targets: readonly AlarmView[]; readonly chosen: Signal<number | undefined> };

function Shelving({ targets, chosen }: ShelvingProps) {
  const longestMs = Math.max(...targets.map(({ shelvingMsMax }) => shelvingMsMax));
  const shorter = targets.filter(({ shelvingMsMax }) => shelvingMsMax < (chosen.value ?? longestMs));
  const limits = shorter.map(({ shelvingMsMax }) => shelvingMsMax);
  return (
    <>
      <ShelveChoice longestMs={longestMs} chosen={chosen} />
      {limits.length > 0 && (
        <p class="hint">{texts.alarms.bulk.shelvedShorter(limits.length, formatAge(Math.min(...limits)))}</p>
      )}
    </>
  );
}
