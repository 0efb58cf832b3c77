// The end of every fault: the devices stop, everybody gets the time to make up for what was out of order, and the judge is
// asked.

import type { Load } from '../support/load.ts';
import type { Pipeline } from '../support/pipeline.ts';
import { until } from '../support/processes.ts';
import { diagnose } from './diagnose.ts';
import { readFindings } from './findings.ts';
import { goldenJournal } from './golden-journal.ts';
import type { Ledger } from './ledger.ts';
import { type Findings, judge } from './oracle.ts';
import { HIGH_RULE, PLACE } from './plant.ts';
import { PROFILE } from './profile.ts';
import type { Sightings } from './sightings.ts';

export type Watched = {
  readonly pipeline: Pipeline;
  readonly ledger: Ledger;
  readonly load: Load;
  /** What the broker handed on, and what the store was given, by device and number. */
  readonly points: Sightings;
  readonly writes: Sightings;
};

export type Outcome = {
  readonly acknowledged: number;
  readonly stored: number;
  /** Reasons by device and number: `d0 49`. */
  readonly rejected: ReadonlyMap<string, string>;
  /** Messages whose points came by more than once, or were given to the store more than once: harmless, and counted. */
  readonly pointsAgain: number;
  readonly writesAgain: number;
  readonly transitions: number;
};

export type SettleOptions = {
  /** Whether the alarms must be those of an undisturbed run: not where nobody saw a sample for longer than rules wait for one. */
  readonly comparesAlarms?: boolean;
};

/** Waits until messages flow, stops the devices, waits until the judge has nothing to say. @throws Error with what he says */
export async function settle(watched: Watched, options: SettleOptions = {}): Promise<Outcome> {
  const { pipeline, ledger, load, points, writes } = watched;
  // Whatever was out of order has to make up for it while live messages come in.
  const { acked } = load;
  await until('messages to flow', () => load.acked > acked + PROFILE.rate || undefined, PROFILE.settleMsMax);
  void load.drain();
  await until('every message acknowledged', () => load.acked >= load.sent || undefined, PROFILE.settleMsMax);
  const found = await untilContent(watched, options);
  for (const [name, { child }] of pipeline.processes)
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} has ended by itself`);
  return {
    acknowledged: ledger.acknowledged,
    stored: [...found.stored.values()].reduce((sum, { length }) => sum + length, 0),
    rejected: found.rejected,
    pointsAgain: points.repeats,
    writesAgain: writes.repeats,
    transitions: found.journal.length,
  };
}

function untilContent(
  { pipeline, ledger, points, writes }: Watched,
  { comparesAlarms = true }: SettleOptions,
): Promise<Findings> {
  const { messages } = ledger;
  const golden = goldenJournal([HIGH_RULE], PLACE, messages);
  const look = async () => {
    const disorder = [...points.disorder, ...writes.disorder];
    const findings = { ...(await readFindings(pipeline)), disorder };
    const problems = judge(messages, comparesAlarms ? golden : findings.journal, findings);
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return findings;
  };
  return until('the judge to be content', look, PROFILE.settleMsMax);
}

/** What fails is told with what each process says of itself. */
export function told<T>(pipeline: Pipeline, work: Promise<T>): Promise<T> {
  return work.catch(async (error: Error) => {
    throw new Error(`${error.message}\n${await diagnose(pipeline)}`, { cause: error });
  });
}

/** One line of what came out, for whoever reads the run. */
export function report(what: string, outcome: Outcome, more = ''): void {
  const { acknowledged, stored, rejected, pointsAgain, writesAgain, transitions } = outcome;
  process.stderr.write(
    `${what}: ${acknowledged} acknowledged = ${stored} stored + ${rejected.size} rejected; again: ${pointsAgain} points, ${writesAgain} writes; ${transitions} transitions${more === '' ? '' : `; ${more}`}\n`,
  );
}
