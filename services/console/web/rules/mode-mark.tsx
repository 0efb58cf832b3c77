// Whether a rule alarms, by shape and word: full, half, empty.

import { texts } from '../texts.ts';
import type { Mode } from './mode-switch.ts';

const PATHS: { readonly [mode in Mode]: string } = {
  active: 'M7 1a6 6 0 1 0 .01 0z',
  shadow: 'M7 1a6 6 0 0 0 0 12z',
  disabled: '',
};

export function ModeMark({ mode }: { readonly mode: Mode }) {
  return (
    <span class={`mode mode-${mode}`} title={texts.rules.modeMeans[mode]} data-mode={mode}>
      <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
        <circle cx="7" cy="7" r="6" />
        {mode === 'disabled' ? <path class="bar" d="M2.8 11.2 11.2 2.8" /> : <path d={PATHS[mode]} />}
      </svg>{' '}
      {texts.rules.modes[mode]}
    </span>
  );
}
