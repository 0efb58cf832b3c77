// What every job of the thread is given, and what jobs share.

import path from 'node:path';
import type { InfluxClient } from '#rules/backtest/influx-client.ts';
import type { PointMemory } from '#rules/backtest/point-memory.ts';
import { type Edited, testFileOf } from '#rules/check/check-edited.ts';
import { type Finding, isError } from '#rules/check/finding.ts';
import type { RuleText } from '../../api/rules.ts';
import { JobRefused } from '../job.ts';

export type JobContext = {
  readonly rulesDir: string;
  readonly memory: PointMemory;
  readonly client: InfluxClient;
  readonly database: string;
  /** Ends whatever waits. */
  readonly signal: AbortSignal;
  /** For what awaits nothing. */
  readonly isGivenUp: () => boolean;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Monotonic, ms. */
  readonly nowMs: () => number;
};

/** Nobody waits for the answer any more. */
export class GivenUp extends Error {}

export function refuseGivenUp({ isGivenUp }: Pick<JobContext, 'isGivenUp'>): void {
  if (isGivenUp()) throw new GivenUp();
}

/** As the folder's other files are called. */
export function editedOf({ file, text, test }: RuleText, rulesDir: string): Edited {
  const rule = path.join(rulesDir, file);
  return { rule: { file: rule, text }, test: test === undefined ? undefined : { file: testFileOf(rule), text: test } };
}

/** As the page knows files: relative to the rules folder, also in sentences. */
export function shownFindings(findings: readonly Finding[], rulesDir: string): Finding[] {
  return findings.map((finding) => ({
    ...finding,
    file: path.relative(rulesDir, finding.file),
    message: finding.message.replaceAll(`${rulesDir}${path.sep}`, ''),
  }));
}

/** @throws JobRefused where one of them is an error */
export function refuseErrors(findings: readonly Finding[], rulesDir: string): void {
  const errors = findings.filter(isError);
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  const [shown] = shownFindings([first], rulesDir);
  const detail = `The rule has errors, line ${first.line} of ${shown?.file}: ${shown?.message}${more}. Mend them first.`;
  throw new JobRefused({ status: 422, detail, findings: shownFindings(errors, rulesDir) });
}
