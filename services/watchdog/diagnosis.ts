// Where a beat got lost, as far as the watchdog can tell from outside: from how far the beat came, and from what the services
// say of themselves. Pure. A service that hangs still says `up`; that is why the way of the beat counts before the word.

import { formatDuration } from '#domain/duration.ts';
import type { ServiceStatus } from '#domain/service.ts';

/** How far a beat came that was not answered in time. */
export type Trace = {
  /** Why the broker is out of reach; undefined where it is not. */
  readonly brokerProblem: string | undefined;
  /** What is wrong with our own subscription; undefined where it works. */
  readonly listenerProblem: string | undefined;
  /** The broker acknowledged the beat. */
  readonly isTaken: boolean;
  /** The beat came by as a point. */
  readonly isSeen: boolean;
  /** Round trip of the answer that last came too late; undefined where none came since the first miss. */
  readonly lateMs: number | undefined;
};

export type Part = 'broker' | 'watchdog' | 'ingest' | 'rules';
export type Diagnosis = { readonly part: Part; readonly words: string };

export function diagnose(trace: Trace, statuses: Iterable<ServiceStatus>): Diagnosis {
  const { brokerProblem, listenerProblem, isTaken, isSeen, lateMs } = trace;
  if (brokerProblem !== undefined) return { part: 'broker', words: `the broker cannot be reached (${brokerProblem})` };
  if (!isTaken) return { part: 'broker', words: 'the broker holds the connection and acknowledges nothing' };
  if (listenerProblem !== undefined)
    return { part: 'watchdog', words: `the watchdog gets nothing from the broker (${listenerProblem})` };
  if (lateMs !== undefined)
    return { part: isSeen ? 'rules' : 'ingest', words: `answers come too late${boundOf(lateMs)}` };
  const all = [...statuses];
  return isSeen
    ? { part: 'rules', words: silenceOf('rules', 'gets the beats and answers none', all) }
    : { part: 'ingest', words: silenceOf('ingest', 'makes no point of the beats', all) };
}

/** What a service says of itself beside what it fails to do; of several replicas one that is up counts. */
function silenceOf(service: Part, failing: string, statuses: readonly ServiceStatus[]): string {
  const own = statuses.filter((status) => status.service === service);
  const status = own.find((each) => each.status === 'up') ?? own[0];
  if (status === undefined) return `${service} has never reported to this broker`;
  if (status.status === 'up') return `${service} says that it is up, but ${failing}`;
  // A bare `down` is what a last will says, of a process that froze as well as of one that ended.
  if (status.status === 'down' && status.detail === undefined)
    return `${service} has left the broker: it is down or it hangs`;
  const state = status.status === 'down' ? 'is down' : 'is being started again';
  return `${service} ${state}${status.detail === undefined ? '' : ` (${status.detail})`}`;
}

/** Rough on purpose: words that change with every beat would be news with every beat. */
const BOUNDS_S = [3_600, 600, 60, 30, 10, 3];

function boundOf(ms: number): string {
  const bound = BOUNDS_S.find((each) => ms > each * 1_000);
  return bound === undefined ? '' : `, after more than ${formatDuration(bound * 1_000)}`;
}
