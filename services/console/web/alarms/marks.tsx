// Priority by shape, number and colour; state by word and outline. None of them stands on colour alone.

import type { AlarmState, Priority } from '#domain/alarm.ts';
import { PRIORITY_WORDS, STATE_WORDS } from '../texts.ts';

const SHAPES: { readonly [priority in Priority]: { readonly path: string; readonly digit: string } } = {
  critical: { path: 'M2 2h16v16H2z', digit: '1' },
  high: { path: 'M10 1.5 19 18H1z', digit: '2' },
  medium: { path: 'M10 1 19 10 10 19 1 10z', digit: '3' },
  low: { path: 'M10 1.5a8.5 8.5 0 1 0 .01 0z', digit: '4' },
};

export type PriorityMarkProps = {
  readonly priority: Priority;
  /** Filled: somebody has still to acknowledge. */
  readonly isFilled: boolean;
  readonly isColoured: boolean;
};

export function PriorityMark({ priority, isFilled, isColoured }: PriorityMarkProps) {
  const { path, digit } = SHAPES[priority];
  const classes = ['mark', priority, isFilled ? 'filled' : 'outlined', isColoured ? 'coloured' : 'grey'].join(' ');
  return (
    <svg class={classes} viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={path} />
      <text x="10" y={priority === 'high' ? 15.5 : 14}>
        {digit}
      </text>
    </svg>
  );
}

export function PriorityCell({ priority, isFilled, isColoured }: PriorityMarkProps) {
  return (
    <span class="priority">
      <PriorityMark priority={priority} isFilled={isFilled} isColoured={isColoured} />
      <span>{PRIORITY_WORDS[priority]}</span>
    </span>
  );
}

export function StateMark({ state }: { readonly state: AlarmState }) {
  return (
    <span class={`state state-${state.toLowerCase()}`} title={STATE_WORDS[state]}>
      {state}
      <span class="visually-hidden">: {STATE_WORDS[state]}</span>
    </span>
  );
}
