// Tones by the browser's own synthesiser. A browser lets a page sound only once somebody has clicked or typed on it.

import { signal } from '@preact/signals';
import type { Call } from './sounding.ts';

const VOLUME = 0.25;
/** A tone that begins or ends at once clicks. */
const RAMP_S = 0.01;

let context: AudioContext | undefined;

/** `waiting`: for a click or a key. */
export const speaker = signal<'off' | 'waiting' | 'ready'>('off');

export function openSpeaker(): void {
  context ??= new AudioContext();
  const opened = context;
  // One that was closed meanwhile says so late, and says nothing about the one that is open now.
  const tell = () => {
    if (context === opened) speaker.value = opened.state === 'running' ? 'ready' : 'waiting';
  };
  opened.onstatechange = tell;
  tell();
  const wake = () => {
    if (context === opened) void opened.resume();
  };
  for (const gesture of ['pointerdown', 'keydown']) addEventListener(gesture, wake, { once: true });
  wake();
}

export function closeSpeaker(): void {
  void context?.close();
  context = undefined;
  speaker.value = 'off';
}

export function play({ hertz, toneMs }: Call): void {
  if (context?.state !== 'running') return;
  const tone = toneMs / 1_000;
  for (const [i, frequency] of hertz.entries()) {
    const [oscillator, gain] = [context.createOscillator(), context.createGain()];
    const from = context.currentTime + i * (tone + 0.05);
    oscillator.frequency.value = frequency;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(VOLUME, from + RAMP_S);
    gain.gain.setValueAtTime(VOLUME, from + tone - RAMP_S);
    gain.gain.linearRampToValueAtTime(0, from + tone);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(from + tone);
  }
}
