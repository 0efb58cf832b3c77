// Writes what a device is to do: a JSON object, checked while it is typed, and asked about before it is written. It is written only
// where what was desired is still what stood here when the form was opened.

import { useSignal } from '@preact/signals';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { ConfigText, DesiredOrder } from '../../api/devices.ts';
import { focusOnce, regainFocus } from '../parts/focus.ts';
import { call, mayBeDone } from '../state/api.ts';
import { texts } from '../texts.ts';
import { desiredProblem, prettyJson } from './config-rows.ts';
import { devicePath } from './device-path.ts';

export type ConfigEditorProps = {
  readonly name: DeviceName;
  readonly desired: ConfigText | null;
  readonly onWritten: () => void;
};

type Step =
  | { readonly is: 'idle'; readonly said: string | null }
  /** `before`: what was desired when the form was opened. */
  | { readonly is: 'editing' | 'asking' | 'writing'; readonly before: ConfigText | null; readonly why: string | null };

export function ConfigEditor({ name, desired, onWritten }: ConfigEditorProps) {
  const step = useSignal<Step>({ is: 'idle', said: null });
  const text = useSignal('');
  /** Which button is to have the keyboard back; null before any was pressed. */
  const pressed = useSignal<'edit' | 'check' | null>(null);
  const { edit, written, refused } = texts.devices.config;
  const now = step.value;
  if (now.is === 'idle')
    return (
      <div class="config-editor" data-testid="config-editor" data-step="idle">
        <button
          type="button"
          data-testid="config-edit"
          ref={pressed.value === null ? null : regainFocus}
          // What is cut cannot be changed here: its end would be lost.
          disabled={desired?.isCut === true}
          onClick={() => {
            text.value = desired === null ? '{\n}' : prettyJson(desired.text);
            step.value = { is: 'editing', before: desired, why: null };
            pressed.value = 'edit';
          }}
        >
          {edit}
        </button>
        <output>{now.said}</output>
      </div>
    );
  const write = async () => {
    step.value = { ...now, is: 'writing', why: null };
    const order: DesiredOrder = { text: text.value, basedOn: now.before?.revision ?? null };
    const answer = await call('PUT', devicePath(name, '/config/desired'), order);
    if (!answer.ok) {
      step.value = { ...now, is: 'editing', why: mayBeDone(answer) ? answer.why : refused(answer.why) };
      return;
    }
    step.value = { is: 'idle', said: written };
    onWritten();
  };
  const go = (is: 'editing' | 'asking') => {
    step.value = { ...now, is, why: null };
    pressed.value = 'check';
  };
  const cancel = () => {
    step.value = { is: 'idle', said: null };
  };
  return (
    <div class="config-editor" data-testid="config-editor" data-step={now.is}>
      <p class="problem" role="alert">
        {now.why}
      </p>
      {now.is === 'editing' ? (
        <Form
          text={text.value}
          before={now.before}
          isBack={pressed.value === 'check'}
          onInput={(typed) => (text.value = typed)}
          onCheck={() => go('asking')}
        >
          <button type="button" class="quiet" onClick={cancel}>
            {texts.devices.config.cancel}
          </button>
        </Form>
      ) : (
        <Question
          device={deviceKey(name)}
          text={text.value}
          isWriting={now.is === 'writing'}
          onWrite={() => void write()}
          onBack={() => go('editing')}
        />
      )}
    </div>
  );
}

type FormProps = {
  readonly text: string;
  readonly before: ConfigText | null;
  /** From the question: the keyboard goes to the button that asked it, not to the text. */
  readonly isBack: boolean;
  readonly onInput: (text: string) => void;
  readonly onCheck: () => void;
  readonly children: preact.ComponentChildren;
};

function Form({ text, before, isBack, onInput, onCheck, children }: FormProps) {
  const { editor, check, takesAway, unchanged } = texts.devices.config;
  const problem = desiredProblem(text, before?.text ?? null);
  const isWrong = problem !== null && problem !== unchanged;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === null) onCheck();
      }}
    >
      <label for="config-text">{editor}</label>
      <textarea
        id="config-text"
        data-testid="config-text"
        ref={isBack ? null : focusOnce}
        spellcheck={false}
        rows={12}
        value={text}
        aria-invalid={isWrong}
        aria-describedby="config-problem"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p id="config-problem" class={isWrong ? 'problem' : 'hint'} data-testid="config-problem">
        {problem ?? (text.trim() === '' ? takesAway : '')}
      </p>
      <div class="tail-buttons">
        <button type="submit" disabled={problem !== null} data-testid="config-check" ref={isBack ? regainFocus : null}>
          {check}
        </button>
        {children}
      </div>
    </form>
  );
}

type QuestionProps = {
  readonly device: string;
  readonly text: string;
  readonly isWriting: boolean;
  readonly onWrite: () => void;
  readonly onBack: () => void;
};

function Question({ device, text, isWriting, onWrite, onBack }: QuestionProps) {
  const { confirm, confirmNone, write, writing, cancel } = texts.devices.config;
  const isEmpty = text.trim() === '';
  return (
    <div class="question" data-testid="config-question">
      <p>{isEmpty ? confirmNone(device) : confirm(device)}</p>
      {!isEmpty && <code class="payload">{text.trim()}</code>}
      <div class="tail-buttons">
        <button type="button" disabled={isWriting} data-testid="config-write" onClick={onWrite} ref={focusOnce}>
          {isWriting ? writing : write}
        </button>
        <button type="button" class="quiet" disabled={isWriting} onClick={onBack}>
          {cancel}
        </button>
      </div>
    </div>
  );
}
