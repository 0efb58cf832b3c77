// The list by keyboard alone. Single letters work where no text is being written, and can be switched off (WCAG 2.1.4): who speaks
// to his machine, or rests a hand on it, would acknowledge alarms by chance.

import { signal } from '@preact/signals';
import type { AlarmOperationName } from '#domain/alarm.ts';
import { whyNot } from '#domain/alarm-operations.ts';
import type { AlarmView } from '../../api/live.ts';
import { keep, readKept } from '../state/kept.ts';
import { alarms } from '../state/live.ts';
import { goTo } from '../state/route.ts';
import { mayDo } from '../state/session.ts';
import { ask, asked } from './asked-operation.ts';
import { focusRow } from './focus-row.ts';
import {
  current,
  hrefOfAlarm,
  moveTo,
  selectAll,
  selected,
  selectNone,
  selectTo,
  shownAlarms,
  toggle,
} from './list-state.ts';
import { send } from './operations.ts';

const STORED = 'penstock.keys';

export const hasKeys = signal(readKept(STORED) !== 'off');
export const isHelpShown = signal(false);

export function setKeys(isOn: boolean): void {
  hasKeys.value = isOn;
  keep(STORED, isOn ? 'on' : 'off');
}

/** Keys of the row that has the keyboard; within its button or link they are that one's own. */
export function handleRowKey(event: KeyboardEvent): void {
  const isOnRow = (event.target as HTMLElement).localName === 'tr';
  if (event.ctrlKey || event.metaKey || event.altKey) {
    if (!isOnRow || event.key !== 'a' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    selectAll();
    return;
  }
  const { id, index } = current.value;
  const to = targetOf(event.key, index);
  if (to !== undefined) {
    event.preventDefault();
    if (event.shiftKey && id !== null) selectTo(id);
    go(to);
    if (event.shiftKey && current.value.id !== null) selectTo(current.value.id);
  } else if (isOnRow && id !== null && (event.key === ' ' || event.key === 'Enter')) {
    event.preventDefault();
    const alarm = alarms.value.get(id);
    if (event.key === 'Enter') alarm && goTo(hrefOfAlarm(alarm));
    else if (event.shiftKey) selectTo(id);
    else toggle(id);
  }
}

const PAGE_ROWS = 10;

function targetOf(key: string, index: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return index + 1;
    case 'ArrowUp':
      return index - 1;
    case 'PageDown':
      return index + PAGE_ROWS;
    case 'PageUp':
      return index - PAGE_ROWS;
    case 'Home':
      return 0;
    case 'End':
      return shownAlarms.value.length - 1;
    default:
      return undefined;
  }
}

/** A row that is far away is drawn first, and has the keyboard then. */
function go(index: number): void {
  moveTo(index);
  requestAnimationFrame(() => focusRow(current.value.id));
}

/** Whoever goes to another page is not asked any more. */
export function forgetAsked(): void {
  asked.value = null;
  isHelpShown.value = false;
}

/** Letters, from anywhere on the page of alarms. */
export function handleShortcut(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isWriting(event.target) || asked.value !== null || isHelpShown.value) return;
  // Escape is no letter: it works for whoever has switched letters off, too.
  const act = event.key === 'Escape' ? selectNone : hasKeys.value ? SHORTCUTS[event.key] : undefined;
  if (act === undefined) return;
  if (event.key !== 'Escape') event.preventDefault();
  act();
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input:not([type=checkbox]), select, textarea, [contenteditable]') !== null
  );
}

/** Whether something is written there that would be lost. */
export function holdsText(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.value !== '';
}

const SHORTCUTS: { readonly [key: string]: () => void } = {
  j: () => go(isInList() ? current.value.index + 1 : current.value.index),
  k: () => go(isInList() ? current.value.index - 1 : current.value.index),
  x: () => current.value.id !== null && toggle(current.value.id),
  a: () => acknowledge(),
  s: () => askFor('shelve'),
  '/': () => document.querySelector<HTMLInputElement>('[data-testid=alarm-search]')?.focus(),
  '?': () => {
    isHelpShown.value = true;
  },
};

function isInList(): boolean {
  return document.activeElement?.closest('[data-testid=alarm-row]') != null;
}

/** What is ticked; where nothing is, the row that has the keyboard. */
function targets(): readonly AlarmView[] {
  if (selected.value.length > 0) return selected.value;
  const alarm = isInList() && current.value.id !== null ? alarms.value.get(current.value.id) : undefined;
  return alarm === undefined ? [] : [alarm];
}

/** One alarm at once, as its button does it; several are asked about. */
function acknowledge(): void {
  if (selected.value.length > 0) askFor('ack');
  else if (mayDo('ack')) {
    const waiting = targets().filter((alarm) => whyNot('ack', alarm) === undefined);
    if (waiting.length > 0) void send('ack', waiting);
  }
}

function askFor(op: AlarmOperationName): void {
  const list = targets();
  if (list.length > 0 && mayDo(op)) ask(op, list);
}
