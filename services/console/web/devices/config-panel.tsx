// What a device does, beside what it is to do; engineers write the latter.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { mayDesire } from '#domain/access/operation-rights.ts';
import type { DeviceName } from '#domain/topic.ts';
import type { ConfigView } from '../../api/devices.ts';
import { type Answer, call } from '../state/api.ts';
import { session } from '../state/session.ts';
import { texts } from '../texts.ts';
import { ConfigCompared } from './config-compared.tsx';
import { ConfigEditor } from './config-editor.tsx';
import { devicePath } from './device-path.ts';

/** A device takes over within seconds. */
const ASK_EVERY_MS = 3_000;

export function ConfigPanel({ name }: { readonly name: DeviceName }) {
  const answer = useSignal<Answer<ConfigView> | null>(null);
  const ask = async () => {
    answer.value = await call<ConfigView>('GET', devicePath(name, '/config'));
  };
  useEffect(() => {
    void ask();
    const timer = setInterval(() => void ask(), ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const { heading, looking, failed, secret } = texts.devices.config;
  const isEngineer = session.value.is === 'in' && mayDesire(session.value.role);
  const told = answer.value;
  return (
    <section class="panel" aria-labelledby="config-heading" data-testid="config">
      <h3 id="config-heading">{heading}</h3>
      {told === null && <p class="empty">{looking}</p>}
      {told?.ok === false && <p class="problem">{failed(told.why)}</p>}
      {told?.ok === true && <ConfigCompared view={told.body} />}
      {!isEngineer && <p class="hint">{secret}</p>}
      {isEngineer && told?.ok === true && (
        <ConfigEditor name={name} desired={told.body.desired ?? null} onWritten={() => void ask()} />
      )}
    </section>
  );
}
