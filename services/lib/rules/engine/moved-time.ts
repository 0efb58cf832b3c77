// What instances, series and devices remember by a clock, moved with it. clock-step.ts decides what moves when.

import type { Instance } from './instance.ts';
import type { DeviceState, SeriesState } from './plant.ts';
import type { CommandState, InstanceState, LivedCommand, PersonCommand } from './state.ts';
import type { WindowData } from './windows/window-spec.ts';

/** Where a server was off for a time that nobody knows, its windows and commands count as so much older. */
export const OFF_UNKNOWN_MS = 86_400_000;

/** Moves all that an instance remembers by a clock. */
export function moveInstance(instance: Instance, byMs: number): void {
  const { state, gap } = instance;
  instance.startedAt += byMs;
  if (gap !== undefined) instance.gap = { from: gap.from + byMs, to: gap.to + byMs };
  state.evaluatedAt += byMs;
  state.changedAt += byMs;
  state.entryAt += byMs;
  if (state.shelvedUntil !== null) state.shelvedUntil += byMs;
  // Backfill has times of its own; those that cannot be any more must not hide what comes.
  state.historicalAt = Math.min(state.historicalAt, state.evaluatedAt);
  moveStory(state, byMs);
  changeCommands(state, (each) => ({ ...movedCommand(each, byMs), expiresAt: each.expiresAt + byMs }));
}

function moveStory({ story }: InstanceState, byMs: number): void {
  if (story === null) return;
  story.activeSince += byMs;
  story.toldAt += byMs;
  if (story.clearedAt !== null) story.clearedAt += byMs;
}

/** Its answers are waited for as long as before. */
function movedCommand<C extends LivedCommand>(command: C, byMs: number): C {
  const { sentAt, verifyUntil } = command;
  return { ...command, sentAt: sentAt + byMs, verifyUntil: verifyUntil === null ? null : verifyUntil + byMs };
}

/** Set ahead: what was told and sent was so a moment ago. What has not left yet expires: it may really be so old. */
export function keepPatience({ state }: Instance, byMs: number): void {
  if (state.story !== null) state.story.toldAt += byMs;
  changeCommands(state, (each) => movedCommand(each, byMs));
}

/** What was queued by a server that was off for nobody knows how long moves nothing any more. */
export function expireCommands({ state }: Instance): void {
  changeCommands(state, (each) => ({ ...each, expiresAt: each.expiresAt - OFF_UNKNOWN_MS }));
}

/** Nearly all instances have none, and share the list of none. */
function changeCommands(state: InstanceState, change: (command: CommandState) => CommandState): void {
  if (state.commands.length > 0) state.commands = state.commands.map(change);
}

/** Commands of people, with all that is told of them. */
export function movePeopleCommands(device: DeviceState, byMs: number): void {
  changePeopleCommands(device, (each) => ({
    ...movedCommand(each, byMs),
    askedAt: each.askedAt + byMs,
    expiresAt: each.expiresAt + byMs,
    steps: each.steps.map((step) => ({ ...step, at: step.at + byMs })),
  }));
}

export function keepPeoplesPatience(device: DeviceState, byMs: number): void {
  changePeopleCommands(device, (each) => movedCommand(each, byMs));
}

export function expirePeopleCommands(device: DeviceState): void {
  changePeopleCommands(device, (each) => ({ ...each, expiresAt: each.expiresAt - OFF_UNKNOWN_MS }));
}

function changePeopleCommands(device: DeviceState, change: (command: PersonCommand) => PersonCommand): void {
  if (device.commands.length > 0) device.commands = device.commands.map(change);
}

/** Moves the samples of a series; one with windows must then be bound anew. */
export function moveSeries(series: SeriesState, byMs: number): void {
  series.at += byMs;
  series.goodAt += byMs;
  series.certainAt += byMs;
  const others = Object.entries(series.others ?? {}).map(([type, { goodAt, certainAt }]) => [
    type,
    { goodAt: goodAt + byMs, certainAt: certainAt === null ? null : certainAt + byMs },
  ]);
  if (series.others !== undefined) series.others = Object.fromEntries(others);
  moveWindows(series, byMs);
}

export function moveWindows(series: SeriesState, byMs: number): void {
  const { windows, savedWindows } = series;
  const kept = windows.length === 0 ? savedWindows : Object.fromEntries(windows.map((each) => [each.key, each.save()]));
  if (kept === undefined) return;
  series.savedWindows = Object.fromEntries(Object.entries(kept).map(([key, data]) => [key, movedWindow(data, byMs)]));
  series.windows = [];
  series.feeds = undefined;
}

function movedWindow(data: WindowData, byMs: number): WindowData {
  const [first, ...rest] = data.gaps;
  return {
    ...data,
    now: data.now === null ? null : data.now + byMs,
    left: data.left === null ? null : [data.left[0] + byMs, data.left[1]],
    gaps: first === undefined ? [] : [first + byMs, ...rest],
  };
}

/** When commands went to a device, for their rate limits. */
export function moveSendings(device: DeviceState, byMs: number): void {
  device.commandsSentAt = Object.fromEntries(
    Object.entries(device.commandsSentAt).map(([command, sentAt]) => [command, sentAt.map((at) => at + byMs)]),
  );
}
