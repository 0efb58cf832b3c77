// Sound until somebody acknowledges: asked for by whoever wants it, in this browser; muted for some minutes from any page.

import { computed, effect, signal } from '@preact/signals';
import { currentTime, now } from '../state/clock.ts';
import { keep, readKept } from '../state/kept.ts';
import { texts } from '../texts.ts';
import { formatMoment } from '../values/format.ts';
import { counts } from './counts.ts';
import { CALLS, MUTE_MS, type Mute, mostUrgent, soundOf } from './sounding.ts';
import { closeSpeaker, openSpeaker, play, speaker } from './speaker.ts';

const KEY = 'penstock.sound';
const isOn = signal(readKept(KEY) === 'on');
const mute = signal<Mute | null>(null);
const sounding = computed(() => (isOn.value ? soundOf(counts.value, mute.value, now.value) : null));

effect(() => {
  if (isOn.value) openSpeaker();
  else closeSpeaker();
});

effect(() => {
  const priority = sounding.value;
  if (priority === null || speaker.value !== 'ready') return;
  const call = CALLS[priority];
  play(call);
  const timer = setInterval(() => play(call), call.everyMs);
  return () => clearInterval(timer);
});

function toggle(): void {
  isOn.value = !isOn.value;
  mute.value = null;
  keep(KEY, isOn.value ? 'on' : 'off');
}

function muteNow(): void {
  const priority = mostUrgent(counts.value);
  if (priority !== null) mute.value = { priority, until: currentTime() + MUTE_MS };
}

export function SoundControl() {
  const { sound } = texts.alarms;
  const isMuted = mute.value !== null && now.value < mute.value.until;
  return (
    <span
      class="sound"
      data-testid="sound"
      data-on={isOn.value}
      data-sounding={sounding.value}
      data-speaker={speaker.value}
    >
      <button type="button" class="quiet" aria-pressed={isOn.value} data-testid="sound-button" onClick={toggle}>
        {sound.button}
      </button>
      {isOn.value && speaker.value === 'waiting' && <output>{sound.waiting}</output>}
      {sounding.value !== null && (
        <button type="button" data-testid="mute-button" onClick={muteNow}>
          {sound.mute(MUTE_MS / 60_000)}
        </button>
      )}
      {isOn.value && isMuted && mute.value !== null && (
        <output data-testid="muted">{sound.muted(formatMoment(mute.value.until, now.value))}</output>
      )}
    </span>
  );
}
