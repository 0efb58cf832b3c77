// Watches one device while somebody looks: opens the stream, keeps what it tells, and ends it.

import { type Signal, signal } from '@preact/signals';
import type { DeviceName } from '#domain/topic.ts';
import type { TailPart } from '../../api/devices.ts';
import { currentTime } from '../state/clock.ts';
import { devicePath } from './device-path.ts';
import { cleared, type KeptLine, type KeptTail, NO_TAIL, withBreak, withPart } from './tail-lines.ts';

/** Parts of this long are drawn together. */
const BATCH_MS = 150;
/** Where the server does not let us in: perhaps too many devices are watched, or the login is over. */
const AGAIN_MS = 3_000;

export type TailStream = {
  readonly state: Signal<'idle' | 'opening' | 'live' | 'lost'>;
  readonly kept: Signal<KeptTail>;
  /** What is shown instead, while a person reads; null: what comes. */
  readonly paused: Signal<{ readonly lines: readonly KeptLine[]; readonly at: number } | null>;
  open(): void;
  close(): void;
  pause(): void;
  clear(): void;
};

export function makeTailStream(name: DeviceName): TailStream {
  const state: TailStream['state'] = signal('idle');
  const kept = signal(NO_TAIL);
  const paused: TailStream['paused'] = signal(null);
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let batch: ReturnType<typeof setTimeout> | undefined;
  let parts: TailPart[] = [];
  const fold = () => {
    clearTimeout(batch);
    batch = undefined;
    if (parts.length > 0) kept.value = parts.reduce(withPart, kept.value);
    parts = [];
  };
  const close = () => {
    fold();
    source?.close();
    source = undefined;
    clearTimeout(again);
    state.value = 'idle';
  };
  const lose = () => {
    fold();
    kept.value = withBreak(kept.value, currentTime());
    state.value = 'lost';
  };
  const open = () => {
    close();
    state.value = 'opening';
    const opened = new EventSource(devicePath(name, '/tail'));
    source = opened;
    opened.addEventListener('tail', (message: MessageEvent<string>) => {
      state.value = 'live';
      parts.push(JSON.parse(message.data) as TailPart);
      batch ??= setTimeout(fold, BATCH_MS);
    });
    opened.onerror = () => {
      lose();
      if (opened.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      opened.close();
      again = setTimeout(open, AGAIN_MS);
    };
  };
  return {
    ...{ state, kept, paused, open },
    close: () => {
      close();
      paused.value = null;
      kept.value = withBreak(kept.value, currentTime());
    },
    pause: () => {
      fold();
      paused.value = paused.value === null ? { lines: kept.value.lines, at: kept.value.count } : null;
    },
    clear: () => {
      fold();
      kept.value = cleared(kept.value);
      if (paused.value !== null) paused.value = { lines: [], at: kept.value.count };
    },
  };
}
