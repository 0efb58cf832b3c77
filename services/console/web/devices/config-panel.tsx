// What a device does, beside what it is to do; engineers write the latter.

import { mayDesire } from '#domain/access/operation-rights.ts';
import type { DeviceName } from '#domain/topic.ts';
import type { ConfigView } from '../../api/devices.ts';
import { StaleNote } from '../parts/stale-note.tsx';
import { usePoll } from '../state/poll.ts';
import { session } from '../state/session.ts';
import { texts } from '../texts.ts';
import { ConfigCompared } from './config-compared.tsx';
import { ConfigEditor } from './config-editor.tsx';
import { devicePath } from './device-path.ts';

/** A device takes over within seconds. */
const ASK_EVERY_MS = 3_000;

export function ConfigPanel({ name }: { readonly name: DeviceName }) {
  const told = usePoll<ConfigView>(devicePath(name, '/config'), ASK_EVERY_MS);
  const { shown, problem } = told;
  const { heading, looking, failed, secret } = texts.devices.config;
  const isEngineer = session.value.is === 'in' && mayDesire(session.value.role);
  return (
    <section class="panel" aria-labelledby="config-heading" data-testid="config">
      <h3 id="config-heading">{heading}</h3>
      {shown === null && problem === null && <p class="empty">{looking}</p>}
      {shown === null && problem !== null && <p class="problem">{failed(problem.why)}</p>}
      <StaleNote of={told} />
      {shown !== null && <ConfigCompared view={shown} />}
      {!isEngineer && <p class="hint">{secret}</p>}
      {isEngineer && shown !== null && (
        <ConfigEditor name={name} desired={shown.desired ?? null} onWritten={told.askNow} />
      )}
    </section>
  );
}
