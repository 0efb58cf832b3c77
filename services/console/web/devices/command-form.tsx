// Sends one command to a device: what it takes, what holds it back, and the whole of it as a question before it goes.

import { useSignal } from '@preact/signals';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { CommandOffer, CommandOrder, CommandSent, InterlockOffer } from '../../api/commands.ts';
import { focusOnce, regainFocus } from '../parts/focus.ts';
import { randomUuid } from '../parts/uuid.ts';
import { call, mayBeDone } from '../state/api.ts';
import { devices } from '../state/live.ts';
import { texts } from '../texts.ts';
import { formatAge, formatValue } from '../values/format.ts';
import { ArgumentField } from './argument-field.tsx';
import { argsText, checkArgs, type Typed } from './command-order.ts';
import { devicePath } from './device-path.ts';

const COMMENT_CHARS_MAX = 500;

export function CommandForm({ name, offer }: { readonly name: DeviceName; readonly offer: CommandOffer }) {
  const typed = useSignal<Typed>({});
  const comment = useSignal('');
  const isTried = useSignal(false);
  const step = useSignal<'editing' | 'asking' | 'sending'>('editing');
  const hasAsked = useSignal(false);
  const why = useSignal<string | null>(null);
  /** The order whose answer was lost or bad: sent again unchanged it is the same one, and is carried out once. */
  const before = useSignal<{ readonly text: string; readonly id: string } | null>(null);
  const { args, problems } = checkArgs(offer, typed.value);
  const { commands } = texts.devices;
  const check = (event: SubmitEvent) => {
    event.preventDefault();
    isTried.value = true;
    why.value = null;
    if (Object.keys(problems).length > 0) return;
    step.value = 'asking';
    hasAsked.value = true;
  };
  const send = async () => {
    step.value = 'sending';
    const said = comment.value.trim();
    const order = { command: offer.command, args, ...(said === '' ? {} : { comment: said }) };
    const text = JSON.stringify(order);
    const id = before.value?.text === text ? before.value.id : randomUuid();
    before.value = { text, id };
    const answer = await call<CommandSent>('POST', devicePath(name, '/commands'), {
      ...order,
      id,
    } satisfies CommandOrder);
    why.value = answer.ok ? null : mayBeDone(answer) ? answer.why : commands.failed(answer.why);
    step.value = 'editing';
    if (!answer.ok) return;
    before.value = null;
    isTried.value = false;
    comment.value = '';
  };
  return (
    <form
      class="command-form"
      data-testid="command-form"
      data-command={offer.command}
      data-step={step.value}
      onSubmit={check}
    >
      <h4>
        <bdi>{offer.command}</bdi>
      </h4>
      {offer.description !== null && (
        <p class="hint" dir="auto">
          {offer.description}
        </p>
      )}
      <Interlocks offer={offer} />
      {step.value === 'editing' ? (
        <>
          {offer.args.map((argument) => (
            <ArgumentField
              key={argument.name}
              id={`${offer.command}-${argument.name}`}
              argument={argument}
              typed={typed.value[argument.name] ?? ''}
              problem={isTried.value ? problems[argument.name] : undefined}
              onInput={(text) => {
                typed.value = { ...typed.value, [argument.name]: text };
              }}
            />
          ))}
          <label class="argument">
            {commands.comment}{' '}
            <input
              maxLength={COMMENT_CHARS_MAX}
              value={comment.value}
              data-testid="command-comment"
              onInput={(event) => {
                comment.value = event.currentTarget.value;
              }}
            />
          </label>
          <button type="submit" data-testid="command-check" ref={hasAsked.value ? regainFocus : null}>
            {commands.check}
          </button>
        </>
      ) : (
        <Question
          sentence={commands.sentence(offer.command, argsText(offer, args), deviceKey(name))}
          offer={offer}
          isOffline={devices.value.get(deviceKey(name))?.online === false}
          isSending={step.value === 'sending'}
          onSend={() => void send()}
          onCancel={() => {
            step.value = 'editing';
          }}
        />
      )}
      <p class="problem" role="alert">
        {why.value}
      </p>
    </form>
  );
}

function Interlocks({ offer: { interlocks, blocked } }: { readonly offer: CommandOffer }) {
  const { interlocks: heading } = texts.devices.commands;
  if (interlocks.length === 0) return null;
  return (
    <>
      <p class="hint">{heading}</p>
      <ul class="interlocks">
        {interlocks.map((interlock) => (
          <Interlock key={`${interlock.state} ${interlock.is.join(' ')}`} of={interlock} />
        ))}
      </ul>
      {blocked !== null && (
        <p class="trouble" data-testid="command-blocked" dir="auto">
          {blocked}
        </p>
      )}
    </>
  );
}

function Interlock({ of: { state, is, because, now, blocks } }: { readonly of: InterlockOffer }) {
  const { interlock, stateNow, blocks: blocksWord } = texts.devices.commands;
  const value = (one: InterlockOffer['now']) => formatValue(one, null);
  return (
    <li data-testid="interlock" data-blocks={blocks}>
      <bdi>{interlock(state, is.map(value).join(', '))}</bdi>{' '}
      <bdi class="hint">{stateNow(state, now === null ? null : value(now))}</bdi> {blocks && <b>{blocksWord}</b>}{' '}
      {because !== null && <bdi class="hint">{because}</bdi>}
    </li>
  );
}

type QuestionProps = {
  readonly sentence: string;
  readonly offer: CommandOffer;
  readonly isOffline: boolean;
  readonly isSending: boolean;
  readonly onSend: () => void;
  readonly onCancel: () => void;
};

function Question({ sentence, offer: { verify }, isOffline, isSending, onSend, onCancel }: QuestionProps) {
  const { offline, expires, verified, send, sending, cancel } = texts.devices.commands;
  return (
    <div class="question" data-testid="command-question">
      <p>
        <b dir="auto">{sentence}</b>
      </p>
      <p>
        {isOffline ? offline : expires} {verify !== null && verified(verify.metric, formatAge(verify.withinMs))}
      </p>
      <div class="tail-buttons">
        <button type="button" disabled={isSending} data-testid="command-send" onClick={onSend} ref={focusOnce}>
          {isSending ? sending : send}
        </button>
        <button type="button" class="quiet" disabled={isSending} onClick={onCancel}>
          {cancel}
        </button>
      </div>
    </div>
  );
}
