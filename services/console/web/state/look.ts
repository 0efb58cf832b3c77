// How the page looks to whoever looks: as the system wishes, or by day, by night, or with the strongest contrast. Kept in this browser.

import { signal } from '@preact/signals';
import { keep, readKept } from './kept.ts';

export const LOOKS = ['system', 'light', 'dark', 'contrast'] as const;
export type Look = (typeof LOOKS)[number];

const KEY = 'penstock.look';

export const look = signal<Look>(readLook());
/** Moves whenever colours do: what is drawn on a canvas must be drawn anew. */
export const coloursChanged = signal(0);

function readLook(): Look {
  const kept = readKept(KEY);
  return LOOKS.find((each) => each === kept) ?? 'system';
}

export function setLook(wanted: Look): void {
  look.value = wanted;
  keep(KEY, wanted);
  show();
}

/** Called once, before anything is drawn. */
export function startLook(): void {
  for (const wish of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
    matchMedia(wish).addEventListener('change', show);
  }
  show();
}

function show(): void {
  const { dataset } = document.documentElement;
  const wantsContrast =
    look.value === 'contrast' || (look.value === 'system' && matchMedia('(prefers-contrast: more)').matches);
  dataset.scheme = look.value === 'light' || look.value === 'dark' ? look.value : 'system';
  dataset.contrast = wantsContrast ? 'more' : 'usual';
  coloursChanged.value++;
}
