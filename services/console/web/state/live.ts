// The event stream: keeps it open, notices when it has gone quiet, and folds what it says into `plant`.

import { computed, signal } from '@preact/signals';
import { setServerTime } from './clock.ts';
import { EMPTY_PLANT, folded, type PlantEvent, type PlantState } from './plant-state.ts';

/** Three pulses of the server missed: the connection is dead even if the browser has not noticed. */
const SILENCE_MS_MAX = 12_000;
/** Changes of this long are drawn together, so that a flood costs frames no more than a trickle. */
const BATCH_MS = 60;

export const plant = signal<PlantState>(EMPTY_PLANT);
export const link = signal<'connecting' | 'live' | 'lost'>('connecting');

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
let batch: ReturnType<typeof setTimeout> | undefined;

/** @param onRefused the server does not let us in any more */
export function openLive(onRefused: () => void): void {
  fold();
  const since = lastId;
  closeLive();
  const opened = new EventSource(since === '' ? 'api/events' : `api/events?${new URLSearchParams({ since })}`);
  source = opened;
  for (const event of ['snapshot', 'alarms', 'commands', 'changes'] as const) {
    opened.addEventListener(event, (message: MessageEvent<string>) => {
      const told = { event, data: JSON.parse(message.data) } as PlantEvent;
      lastId = message.lastEventId;
      if (told.event === 'snapshot') setServerTime(told.data.now);
      later(told);
      hear(onRefused);
    });
  }
  opened.onerror = () => {
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
  clearTimeout(batch);
  batch = undefined;
  pending = [];
  link.value = 'connecting';
}

function hear(onRefused: () => void): void {
  link.value = 'live';
  clearTimeout(silence);
  silence = setTimeout(() => {
    openLive(onRefused);
    link.value = 'lost';
  }, SILENCE_MS_MAX);
}

function later(told: PlantEvent): void {
  pending.push(told);
  batch ??= setTimeout(fold, BATCH_MS);
}

function fold(): void {
  clearTimeout(batch);
  batch = undefined;
  const events = pending;
  pending = [];
  if (events.length > 0) plant.value = folded(plant.value, events);
}
