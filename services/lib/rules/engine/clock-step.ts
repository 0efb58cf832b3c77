// The server's clock was set. Back: no time has passed, so everything that was measured by it goes back with it, samples too;
// nothing fires early, freezes, or lies in a future that will not come. Ahead: as far as anybody can tell the machine slept,
// so nothing is known of the time between: what was measured before it is STALE, and evidence is held. Silence and ages go on
// from where they were: the time that was skipped made nobody older.

import { ALLOWED_LATENESS_MS } from '#domain/point.ts';
import type { EngineParts } from './engine-parts.ts';
import { gatherEvidence, passOver } from './evaluate.ts';
import type { Instance } from './instance.ts';
import {
  expireCommands,
  expirePeopleCommands,
  keepPatience,
  keepPeoplesPatience,
  moveInstance,
  movePeopleCommands,
  moveSendings,
  moveSeries,
  moveWindows,
  OFF_UNKNOWN_MS,
} from './moved-time.ts';
import type { PeopleCommands } from './people-commands.ts';

export type ClockStepParts = EngineParts & {
  /** Binds the series anew whose windows were moved. */
  readonly rebind: () => void;
  readonly people: PeopleCommands;
};

/** What was `from` is `to` from now on; everything that was due until `from` has been done. */
export function stepClock(parts: ClockStepParts, { from, to }: { readonly from: number; readonly to: number }): void {
  if (to < from) {
    moveAll(parts, to - from);
    for (const instance of parts.binder.instances.values()) parts.alarms.showMoved(instance);
  } else if (to > from) stepAhead(parts, { from, to });
}

/** At a start whose clock stands before the one of the last life: for how long nothing ran, nobody knows. */
export function resumeEarlier(parts: ClockStepParts, at: number): void {
  const { now, plant, binder, frame } = parts;
  for (const device of plant.devices()) {
    for (const series of device.series.values()) moveWindows(series, -OFF_UNKNOWN_MS);
    expirePeopleCommands(device);
  }
  for (const instance of binder.instances.values()) expireCommands(instance);
  moveAll(parts, at - now.clock);
  frame.freshFrom = at;
}

function moveAll({ now, plant, binder, ledger, frame, rebind, people }: ClockStepParts, byMs: number): void {
  now.clock += byMs;
  now.moment = now.clock;
  frame.moveSkips(byMs);
  for (const device of plant.devices()) {
    device.offlineAt += byMs;
    moveSendings(device, byMs);
    movePeopleCommands(device, byMs);
    ledger.touchDevice(device);
    for (const series of device.series.values()) {
      moveSeries(series, byMs);
      ledger.touchSeries(series);
    }
  }
  for (const instance of binder.instances.values()) {
    moveInstance(instance, byMs);
    ledger.touch(instance);
  }
  rebind();
  people.moved();
}

function stepAhead(
  { now, plant, binder, ledger, frame, evaluator, people }: ClockStepParts,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  now.clock = Math.max(now.clock, to);
  now.moment = now.clock;
  frame.skip({ to, byMs: to - from });
  // A device whose clock, or whose way, is slow must not be kept out; what was on its way when the clock was set is.
  frame.freshFrom = Math.max(from + 1, to - ALLOWED_LATENESS_MS);
  for (const device of plant.devices()) {
    moveSendings(device, to - from);
    keepPeoplesPatience(device, to - from);
    ledger.touchDevice(device);
  }
  people.moved();
  // By name: a restart does not know in which order they were made.
  const instances = [...binder.instances.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const instance of instances) sleep(instance, { from, to });
  for (const instance of instances) evaluator.evaluate(instance, instance.state.evaluatedAt);
}

/** What was known to hold has held until `from`; from there to `to` nothing is known. */
function sleep(instance: Instance, { from, to }: { readonly from: number; readonly to: number }): void {
  gatherEvidence(instance, instance.gap?.from ?? from - instance.lagMs);
  instance.gap = undefined;
  passOver(instance, to - instance.lagMs);
  keepPatience(instance, to - from);
}
