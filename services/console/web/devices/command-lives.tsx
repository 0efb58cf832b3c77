// The commands that people sent to a device, each with its life so far.

import { useSignal } from '@preact/signals';
import type { CommandStatus } from '#domain/command.ts';
import { type CommandLife, type CommandStep, isOver } from '#domain/command-life.ts';
import { MoreButton } from '../parts/more-button.tsx';
import { COMMAND_WORDS, texts } from '../texts.ts';
import { formatInstant } from '../values/format.ts';
import { argsText } from './command-order.ts';

const SHOWN_FIRST = 5;
/** Ends that somebody should look at. */
const BAD: readonly CommandStatus[] = ['BLOCKED', 'REJECTED', 'FAILED', 'UNVERIFIED', 'TIMEOUT', 'EXPIRED'];

export function CommandLives({ lives }: { readonly lives: readonly CommandLife[] }) {
  const isWhole = useSignal(false);
  const shown = isWhole.value ? lives : lives.slice(0, SHOWN_FIRST);
  const { recent, empty } = texts.devices.commands;
  return (
    <>
      <h4>{recent}</h4>
      {lives.length === 0 && <p class="empty">{empty}</p>}
      <ul class="lives">
        {shown.map((life) => (
          <Life key={life.cid} life={life} />
        ))}
      </ul>
      <MoreButton hidden={lives.length - shown.length} isWhole={isWhole} />
    </>
  );
}

function Life({ life }: { readonly life: CommandLife }) {
  const { cid, command, args, by, comment, status, askedAt, steps } = life;
  return (
    <li data-testid="command-life" data-cid={cid} data-status={status} data-over={isOver(life)}>
      <p>
        <time>{formatInstant(askedAt)}</time> <b dir="auto">{command}</b>{' '}
        <bdi class="clamp">{argsText({ args: [] }, args)}</bdi> <bdi class="hint">{texts.devices.commands.by(by)}</bdi>{' '}
        <span class={BAD.includes(status) ? 'trouble' : ''}>{COMMAND_WORDS[status]}</span>
      </p>
      {comment !== null && (
        <p class="hint clamp" dir="auto">
          {comment}
        </p>
      )}
      <ol class="life" aria-label={texts.devices.commands.steps}>
        {steps.map((step) => (
          <Step key={`${step.status} ${step.at}`} step={step} />
        ))}
      </ol>
    </li>
  );
}

function Step({ step: { status, at, reason } }: { readonly step: CommandStep }) {
  return (
    <li data-status={status}>
      <time>{formatInstant(at)}</time> {COMMAND_WORDS[status]}
      {reason !== undefined && (
        <span class="clamp" dir="auto">
          {reason}
        </span>
      )}
    </li>
  );
}
