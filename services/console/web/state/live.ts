// The event stream: keeps it open, notices when it has gone quiet, and folds what it says into `plant`.

import { computed, signal } from '@preact/signals';
import type { CommandChanges } from '../../api/commands.ts';
import type { AlarmChanges, Changes, Snapshot } from '../../api/live.ts';
import { setServerTime } from './clock.ts';
import { EMPTY_PLANT, fromSnapshot, type PlantState, withAlarms, withChanges, withCommands } from './plant-state.ts';

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
let pending: ((state: PlantState) => PlantState)[] = [];
let batch: ReturnType<typeof setTimeout> | undefined;

/** @param onRefused the server does not let us in any more */
export function openLive(onRefused: () => void): void {
  fold();
  const since = lastId;
  closeLive();
  const opened = new EventSource(since === '' ? 'api/events' : `api/events?${new URLSearchParams({ since })}`);
  source = opened;
  const on = <T>(event: string, change: (state: PlantState, data: T) => PlantState) =>
    opened.addEventListener(event, (message: MessageEvent<string>) => {
      const data = JSON.parse(message.data) as T;
      lastId = message.lastEventId;
      later((state) => change(state, data));
      hear(onRefused);
    });
  on<Snapshot>('snapshot', (_, snapshot) => {
    setServerTime(snapshot.now);
    return fromSnapshot(snapshot);
  });
  on<AlarmChanges>('alarms', withAlarms);
  on<CommandChanges>('commands', withCommands);
  on<Changes>('changes', withChanges);
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

function later(change: (state: PlantState) => PlantState): void {
  pending.push(change);
  batch ??= setTimeout(fold, BATCH_MS);
}

function fold(): void {
  clearTimeout(batch);
  batch = undefined;
  const changes = pending;
  pending = [];
  if (changes.length > 0) plant.value = changes.reduce((state, each) => each(state), plant.value);
}
