// The event stream: keeps it open, notices when it has gone quiet, and folds what it says into `plant`.

import { batch, computed, signal } from '@preact/signals';
import { hearServerTime } from './clock.ts';
import { EMPTY_PLANT, folded, type PlantEvent, type PlantState } from './plant-state.ts';

/** Three pulses of the server missed: the connection is dead even if the browser has not noticed. */
const SILENCE_MS_MAX = 12_000;
/** A new stream begins with all of the plant, which takes a slow line a while. */
const OPENING_MS_MAX = 60_000;
/** Changes of this long are drawn together, so that a flood costs frames no more than a trickle. */
const BATCH_MS = 60;

export const plant = signal<PlantState>(EMPTY_PLANT);
/** `live` once what was heard is in `plant`, not before. */
export const link = signal<'connecting' | 'live' | 'lost'>('connecting');
/** Whether anything is known of the plant yet: until then no alarm in the list is not the same as no alarm. */
export const isPlantKnown = computed(() => plant.value !== EMPTY_PLANT);

export const alarms = computed(() => plant.value.alarms);
export const values = computed(() => plant.value.values);
export const devices = computed(() => plant.value.devices);
export const services = computed(() => plant.value.services);
export const commands = computed(() => plant.value.commands);
export const rejected = computed(() => plant.value.rejected);

let source: EventSource | undefined;
/** The last event that was heard: a stream that is opened anew goes on behind it. */
let lastId = '';
let silence: ReturnType<typeof setTimeout> | undefined;
let pending: PlantEvent[] = [];
let folding: ReturnType<typeof setTimeout> | undefined;

/** @param onRefused the server does not let us in any more */
export function openLive(onRefused: () => void): void {
  fold();
  const since = lastId;
  closeLive();
  const opened = new EventSource(since === '' ? 'api/events' : `api/events?${new URLSearchParams({ since })}`);
  source = opened;
  lastId = since;
  watchSilence(OPENING_MS_MAX, onRefused);
  for (const event of ['snapshot', 'alarms', 'commands', 'changes'] as const) {
    opened.addEventListener(event, (message: MessageEvent<string>) => {
      const told = { event, data: JSON.parse(message.data) } as PlantEvent;
      lastId = message.lastEventId;
      if (told.event === 'snapshot' || told.event === 'changes') hearServerTime(told.data.now);
      later(told);
      watchSilence(SILENCE_MS_MAX, onRefused);
    });
  }
  opened.onerror = () => {
    fold(); // what was heard before it broke makes nothing live any more
    link.value = 'lost';
    if (opened.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    closeLive();
    link.value = 'lost';
    silence = setTimeout(onRefused, 2_000);
  };
}

export function closeLive(): void {
  source?.close();
  source = undefined;
  lastId = '';
  clearTimeout(silence);
  clearTimeout(folding);
  folding = undefined;
  pending = [];
  link.value = 'connecting';
}

function watchSilence(longestMs: number, onRefused: () => void): void {
  clearTimeout(silence);
  silence = setTimeout(() => {
    openLive(onRefused);
    link.value = 'lost';
  }, longestMs);
}

function later(told: PlantEvent): void {
  pending.push(told);
  folding ??= setTimeout(fold, BATCH_MS);
}

function fold(): void {
  clearTimeout(folding);
  folding = undefined;
  const events = pending;
  pending = [];
  if (events.length === 0) return;
  batch(() => {
    plant.value = folded(plant.value, events);
    link.value = 'live';
  });
}
