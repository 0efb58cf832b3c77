// What is told of an alarm of the past once its history was lived again: the text for a person, or why there is no such alarm.

import { didYouMean } from '#runtime/json-file.ts';
import { formatMoment } from '../backtest/format-time.ts';
import type { CheckedFile } from '../check/check-rules.ts';
import type { Path } from '../language/expression.ts';
import type { Explanation } from './explain.ts';
import type { ExplainedHistory } from './explain-history.ts';
import { explanationText } from './explain-text.ts';

export type ExplainedMoment = {
  /** `rule/site/area/instance`. */
  readonly key: string;
  readonly startedAt: number;
  readonly at: number;
  /** Where the rule is written. */
  readonly file: CheckedFile | undefined;
};

const KNOWN_MAX = 10;

export function replayedSpan({ startedAt, at }: Pick<ExplainedMoment, 'startedAt' | 'at'>): string {
  return `${formatMoment(startedAt)} to ${formatMoment(at)} UTC`;
}

export function noSuchAlarm({ known, points }: ExplainedHistory, wish: ExplainedMoment): string {
  const { key } = wish;
  const listed = known.length === 0 ? '' : `; there are ${known.slice(0, KNOWN_MAX).join(', ')}`;
  const hint = didYouMean(key, known) || listed;
  return `there is no alarm '${key}' from ${replayedSpan(wish)} (${points} points): no device of its scope makes such a group${hint}`;
}

export function explainedText(explanation: Explanation, { file }: Pick<ExplainedMoment, 'file'>): string {
  return explanationText(explanation, (path) => placeIn(file, explanation, path));
}

/** What a companion is judged by was written by nobody. */
function placeIn(file: CheckedFile | undefined, { alarm }: Explanation, path: Path): string | undefined {
  if (file === undefined || !alarm.startsWith(`${file.rule.id}/`)) return undefined;
  const { line, column } = file.at(path);
  return `${file.file}:${line}:${column}`;
}
