// What is wrong with the pipeline, in the order of what matters, out of what services say, what they count and what is missing. Pure;
// the words are texts.ts'.

import type { AlarmView } from '../../api/live.ts';
import type { NumberId } from '../../api/pipeline.ts';
import { freshMs, type Reading, together } from './reading.ts';
import type { ServiceLine } from './service-table.tsx';

/** Where one goes to see more, or to do something about it. */
export type Way = 'rejects' | 'pipeline-alarms';

export type Fault =
  | { readonly is: 'broker-lost'; readonly why: string }
  | { readonly is: 'not-up'; readonly line: ServiceLine }
  | { readonly is: 'problem'; readonly device: string; readonly text: string }
  | { readonly is: 'all-silent' }
  | { readonly is: 'silent'; readonly device: string; readonly since: number }
  | { readonly is: 'number'; readonly id: FaultNumber; readonly value: number }
  | { readonly is: 'alarms'; readonly count: number }
  | { readonly is: 'never-told' };

/** As the dashboards colour it. */
const BEHIND_S = 30;
/** Near 1 the disk is what limits the pipeline. */
const SYNC_SHARE = 0.8;

/** Numbers that tell of a fault past a bound. */
const BOUNDS = {
  unsent: BEHIND_S,
  queueDropped: 0,
  storeRefused: 0,
  refused: 0,
  brokerSync: SYNC_SHARE,
  viewersDropped: 0,
} as const satisfies { readonly [id in NumberId]?: number };
export type FaultNumber = keyof typeof BOUNDS;

export type Known = {
  readonly broker: string | null;
  readonly lines: readonly ServiceLine[];
  readonly readings: readonly Reading[];
  /** null: not asked yet. */
  readonly everyMs: number | null;
  /** Those of the pipeline that are open. */
  readonly alarms: readonly AlarmView[];
  readonly now: number;
};

export function findFaults(known: Known): Fault[] {
  const { broker, lines, alarms } = known;
  if (broker !== null) return [{ is: 'broker-lost', why: broker }];
  const problems = lines.flatMap(({ status, device }) =>
    (status.problems ?? []).map(({ text }): Fault => ({ is: 'problem', device, text })),
  );
  return [
    ...lines.filter(({ status }) => status.status !== 'up').map((line): Fault => ({ is: 'not-up', line })),
    ...problems,
    ...silences(known),
    ...beyondBounds(known.readings),
    ...(alarms.length > problems.length ? [{ is: 'alarms', count: alarms.length } as const] : []),
  ];
}

/** Of who is there and has had time to tell. */
function silences({ lines, everyMs, now }: Known): Fault[] {
  if (everyMs === null) return [];
  if (everyMs === 0) return [{ is: 'never-told' }];
  const patience = freshMs(everyMs);
  // The console hears numbers since it was started: until then no silence says anything.
  const heardSince = lines.find(({ status }) => status.service === 'console')?.status.since ?? now;
  const expected = lines.filter(({ status }) => status.status === 'up' && now - status.since > patience);
  const silent = expected.filter(({ toldAt }) => now - (toldAt ?? heardSince) > patience);
  if (silent.length > 1 && silent.length === expected.length) return [{ is: 'all-silent' }];
  return silent.map(({ device, toldAt }): Fault => ({ is: 'silent', device, since: toldAt ?? heardSince }));
}

function beyondBounds(readings: readonly Reading[]): Fault[] {
  return (Object.keys(BOUNDS) as FaultNumber[]).flatMap((id): Fault[] => {
    const value = together(readings, id);
    return typeof value === 'number' && value > BOUNDS[id] ? [{ is: 'number', id, value }] : [];
  });
}

export function wayOf(fault: Fault): Way | null {
  switch (fault.is) {
    case 'not-up':
      // Without rules no alarm comes.
      return fault.line.status.service === 'rules' ? null : 'pipeline-alarms';
    case 'problem':
    case 'alarms':
      return 'pipeline-alarms';
    case 'number':
      return fault.id === 'refused' || fault.id === 'storeRefused' ? 'rejects' : null;
    default:
      return null;
  }
}
