// What the watchdog must not forget, in one small file: its alarm, what the broker has not yet taken, whom it still has to
// call. Written whole and put in place in one step. A watchdog has to run on the day everything else does not: a file that
// cannot be read is put aside, one that cannot be written is a problem to show, and neither ends the process.

import { readFileSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { ALARM_STATES } from '#domain/alarm.ts';
import { replaceFileSync } from '#runtime/durable-folder.ts';
import { NORMAL, type OwnAlarmState } from './own-alarm.ts';

const count = z.int().min(0);

const ownAlarmState = z.object({
  episode: count,
  seq: count,
  story: z
    .object({
      active: z.boolean(),
      unacked: z.boolean(),
      activeSince: z.number(),
      clearedAt: z.number().nullable(),
      changedAt: z.number(),
      ackedBy: z.string().nullable(),
      ackComment: z.string().nullable(),
      reason: z.string(),
      lastAnswer: z.object({ ageMs: z.number() }).nullable(),
    })
    .nullable(),
}) satisfies z.ZodType<OwnAlarmState>;

const savedState = z.object({
  format: z.literal(1),
  alarm: ownAlarmState,
  outbox: z.array(z.object({ topic: z.string(), payload: z.string(), retain: z.boolean() })),
  call: z.object({ isRaised: z.boolean(), reason: z.string(), at: z.number() }).nullable(),
});

export type SavedState = Omit<z.infer<typeof savedState>, 'format'>;
export type OutMessage = SavedState['outbox'][number];
export type Call = NonNullable<SavedState['call']>;

const NOTHING: SavedState = { alarm: NORMAL, outbox: [], call: null };

/** The state, and what was wrong with its file in words; a file that is not there is nothing wrong. */
export function readSavedState(file: string): { readonly saved: SavedState; readonly problem: string | undefined } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { saved: NOTHING, problem: code === 'ENOENT' ? undefined : `${file} cannot be read (${code})` };
  }
  const parsed = savedState.safeParse(parseJson(text));
  if (parsed.success) {
    const { format: _, ...saved } = parsed.data;
    return { saved, problem: undefined };
  }
  const aside = `${file}.damaged`;
  try {
    renameSync(file, aside);
  } catch {} // the next write replaces it
  return { saved: NOTHING, problem: `${file} is no state of the watchdog; it was put aside as ${aside}` };
}

/** @throws Error where the disk does not take it; the file of before is then still whole */
export function writeSavedState(file: string, state: SavedState): void {
  replaceFileSync(file, `${JSON.stringify({ format: 1, ...state })}\n`);
}

const retainedAlarm = z.object({
  episode: count,
  seq: count,
  state: z.enum(ALARM_STATES),
  activeSince: z.number(),
  clearedAt: z.number().nullable(),
  changedAt: z.number(),
  ackedBy: z.string().nullable(),
  ackComment: z.string().nullable(),
  reason: z.string(),
});

/** The state behind an alarm that a broker has retained; undefined where the payload is none. */
export function stateOfRetained(payload: string): OwnAlarmState | undefined {
  const parsed = retainedAlarm.safeParse(parseJson(payload));
  if (!parsed.success) return undefined;
  const { episode, seq, state, ...rest } = parsed.data;
  const active = state === 'UNACK' || state === 'ACKED';
  const unacked = state === 'UNACK' || state === 'RTNUN';
  return { episode, seq, story: active || unacked ? { ...rest, active, unacked, lastAnswer: null } : null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
