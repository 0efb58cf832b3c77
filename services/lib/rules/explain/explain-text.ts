// An explanation as a person reads it: the sentence, the inputs as a table, and the conditions as the trees they were written
// as, each operand with what it was worth and where it stands in its file.

import { EMPTY_CELL, formatTable } from '../backtest/format-table.ts';
import { formatMoment, formatSpan } from '../backtest/format-time.ts';
import type { Path } from '../language/expression.ts';
import type { Evidence, ExplainedLevel, ExplainedOperand, Explanation } from './explain.ts';
import type { ExplainedInput } from './explain-inputs.ts';

/** `rules/x.json:12:5`; undefined where a part was not written by anybody. */
export type PlaceOf = (path: Path) => string | undefined;

export function explanationText(found: Explanation, placeOf: PlaceOf): string {
  const { alarm, name, at, state, overlay, priority, isShadow, sentence, levels, params } = found;
  const facts = [state, ...(overlay === null ? [] : [overlay]), priority, ...(isShadow ? ['shadow'] : [])];
  const set = Object.entries(params).map(([key, value]) => `${key} = ${value ?? 'unknown'}`);
  return [
    `${name}: ${sentence}`,
    `${alarm} at ${formatMoment(at)} UTC: ${facts.join(', ')}`,
    ...(found.inputs.length === 0 ? [] : ['', ...formatTable(INPUT_COLUMNS, found.inputs.map(inputCells))]),
    ...(set.length === 0 ? [] : ['', `params: ${set.join(', ')}`]),
    ...levels.flatMap((level) => levelLines(level, { placeOf, isOnly: levels.length === 1 })),
    ...treeOf('enableWhen', found.enableWhen, placeOf),
    ...treeOf('suppressWhen', found.suppressWhen, placeOf),
    ...found.inhibitedBy.map(({ rule, isActive }) => `inhibited by ${rule}: ${isActive ? 'active' : 'not active'}`),
    '',
  ].join('\n');
}

const INPUT_COLUMNS = ['input', 'metric', 'device', '>value', 'quality', '>age', '>stale after'];

function inputCells({ name, metric, device, made, value, unit, quality, ageMs, maxAgeMs }: ExplainedInput): string[] {
  return [
    name,
    made === null ? metric : `${metric}, ${made}`,
    device ?? EMPTY_CELL,
    value === null ? EMPTY_CELL : `${value}${unit === null ? '' : ` ${unit}`}`,
    quality,
    ageMs === null ? EMPTY_CELL : formatSpan(ageMs),
    maxAgeMs === null ? 'offline' : formatSpan(maxAgeMs),
  ];
}

function levelLines(
  { priority, isOn, condition, clearCondition, evidence }: ExplainedLevel,
  { placeOf, isOnly }: { readonly placeOf: PlaceOf; readonly isOnly: boolean },
): string[] {
  const of = isOnly ? '' : ` (${priority})`;
  const delay = evidence.neededMs === 0 ? [] : [`${isOn ? 'off-delay' : 'on-delay'}${of}: ${evidenceText(evidence)}`];
  // Off, it is the condition that counts; on, the clear condition.
  const trees = [
    ...treeOf(`condition${of}`, condition, placeOf),
    ...(isOn ? treeOf(`clear condition${of}`, clearCondition, placeOf) : []),
  ];
  return [...trees, ...delay];
}

function evidenceText({ haveMs, neededMs }: Evidence): string {
  return `${formatSpan(Math.min(haveMs, neededMs))} of ${formatSpan(neededMs)}`;
}

function treeOf(name: string, operand: ExplainedOperand | null, placeOf: PlaceOf): string[] {
  if (operand === null) return [];
  return ['', name, ...formatTable(['', '', ''], nodeRows(operand, { placeOf, depth: 0 }))];
}

function nodeRows(
  operand: ExplainedOperand,
  { placeOf, depth }: { readonly placeOf: PlaceOf; readonly depth: number },
): string[][] {
  const { text, value, reason, evidence, operands, path } = operand;
  const worth = value === null ? `unknown (${reason})` : String(value);
  const gathered = evidence === null ? '' : `, ${evidenceText(evidence)}`;
  const row = [`${'  '.repeat(depth + 1)}${text}${gathered}`, worth, placeOf(path) ?? ''];
  return [row, ...operands.flatMap((each) => nodeRows(each, { placeOf, depth: depth + 1 }))];
}
