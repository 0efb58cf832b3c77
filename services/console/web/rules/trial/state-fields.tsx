// Plant states that the rule reads. History holds points and no states: what they were, somebody says, for the whole range.

import type { Value } from '#domain/point.ts';
import type { BacktestView } from '../../../api/rules.ts';
import { texts } from '../../texts.ts';
import { tryOut } from '../runs.ts';
import type { Work } from '../work.ts';

export function StateFields({ work, view }: { readonly work: Work; readonly view: BacktestView }) {
  const told = work.states.value;
  const names = [...new Set([...told.keys(), ...view.untoldStates])].sort();
  if (names.length === 0) return null;
  const { plantStates, plantStatesHint } = texts.rules.trial;
  return (
    <fieldset class="state-fields">
      <legend>{plantStates}</legend>
      {names.map((name) => (
        <label key={name}>
          <bdi>{name}</bdi>{' '}
          <input
            type="text"
            maxLength={200}
            data-testid="plant-state"
            value={String(told.get(name) ?? '')}
            onChange={(event) => {
              const next = new Map(told);
              const value = readValue(event.currentTarget.value.trim());
              if (value === undefined) next.delete(name);
              else next.set(name, value);
              work.states.value = next;
              tryOut(work);
            }}
          />
        </label>
      ))}
      <p class="hint">{plantStatesHint}</p>
    </fieldset>
  );
}

/** As JSON would have it, and any other word as text. */
function readValue(text: string): Value | undefined {
  if (text === '') return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isFinite(Number(text)) ? Number(text) : text;
}
