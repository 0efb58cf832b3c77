// What a device can be told to do, and the lives of the commands that people sent it.

import { mayCommand } from '#domain/access/operation-rights.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { CommandsView } from '../../api/commands.ts';
import { StaleNote } from '../parts/stale-note.tsx';
import { commands } from '../state/live.ts';
import { usePoll } from '../state/poll.ts';
import { session } from '../state/session.ts';
import { texts } from '../texts.ts';
import { CommandForm } from './command-form.tsx';
import { CommandLives } from './command-lives.tsx';
import { devicePath } from './device-path.ts';

/** Interlocks come and go; the rules service judges by the present all the same. */
const ASK_EVERY_MS = 3_000;

export function CommandPanel({ name }: { readonly name: DeviceName }) {
  const told = usePoll<CommandsView>(devicePath(name, '/commands'), ASK_EVERY_MS);
  const { shown, problem } = told;
  const { heading, none, mayNot } = texts.devices.commands;
  const isOffered = session.value.is === 'in' && mayCommand(session.value.role);
  const lives = commands.value.get(deviceKey(name)) ?? shown?.recent ?? [];
  const offers = shown?.offers ?? [];
  return (
    <section class="panel" aria-labelledby="commands-heading" data-testid="commands">
      <h3 id="commands-heading">{heading}</h3>
      {shown === null && problem !== null && <p class="empty">{problem.why}</p>}
      <StaleNote of={told} />
      {shown !== null && offers.length === 0 && <p class="empty">{none}</p>}
      {offers.length > 0 && !isOffered && <p class="hint">{mayNot}</p>}
      {isOffered && offers.map((offer) => <CommandForm key={offer.command} name={name} offer={offer} />)}
      <CommandLives lives={lives} />
    </section>
  );
}
