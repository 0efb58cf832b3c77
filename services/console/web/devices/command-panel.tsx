// What a device can be told to do, and the lives of the commands that people sent it.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { mayCommand } from '#domain/access/operation-rights.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { CommandsView } from '../../api/commands.ts';
import { type Answer, call } from '../state/api.ts';
import { commands } from '../state/live.ts';
import { session } from '../state/session.ts';
import { texts } from '../texts.ts';
import { CommandForm } from './command-form.tsx';
import { CommandLives } from './command-lives.tsx';
import { devicePath } from './device-path.ts';

/** Interlocks come and go; the rules service judges by the present all the same. */
const ASK_EVERY_MS = 3_000;

export function CommandPanel({ name }: { readonly name: DeviceName }) {
  const answer = useSignal<Answer<CommandsView> | null>(null);
  useEffect(() => {
    const ask = async () => {
      answer.value = await call<CommandsView>('GET', devicePath(name, '/commands'));
    };
    void ask();
    const timer = setInterval(() => void ask(), ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const { heading, none, mayNot } = texts.devices.commands;
  const isOffered = session.value.is === 'in' && mayCommand(session.value.role);
  const told = answer.value;
  const lives = commands.value.get(deviceKey(name)) ?? (told?.ok === true ? told.body.recent : []);
  const offers = told?.ok === true ? told.body.offers : [];
  return (
    <section class="panel" aria-labelledby="commands-heading" data-testid="commands">
      <h3 id="commands-heading">{heading}</h3>
      {told?.ok === false && <p class="empty">{told.why}</p>}
      {told?.ok === true && offers.length === 0 && <p class="empty">{none}</p>}
      {offers.length > 0 && !isOffered && <p class="hint">{mayNot}</p>}
      {isOffered && offers.map((offer) => <CommandForm key={offer.command} name={name} offer={offer} />)}
      <CommandLives lives={lives} />
    </section>
  );
}
