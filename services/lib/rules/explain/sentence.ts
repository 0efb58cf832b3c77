// One plain sentence that says why an alarm is active or not: what an operator asks first.

import { formatMoment, formatSpan } from '../backtest/format-time.ts';
import type { ExplainedLevel, ExplainedOperand, Explanation } from './explain.ts';
import type { ExplainedInput } from './explain-inputs.ts';

type Found = Omit<Explanation, 'sentence'>;

export function sentenceOf(found: Found): string {
  const { activeSince, overlay } = found;
  const what = activeSince === null ? whyNot(found) : `active since ${formatMoment(activeSince)}: ${whyStill(found)}`;
  if (overlay === null) return `${what}${whyPerhapsSuppressed(found)}`;
  const told = { OOSRV: 'it is out of service', SHLVD: 'it is shelved', DSUPR: whySuppressed(found) }[overlay];
  return `${what}; nobody is told, because ${told}`;
}

function whyNot(found: Found): string {
  const level = mostNearly(found.levels);
  if (level === undefined) return 'not active';
  const { condition, evidence } = level;
  if (found.alignment?.isAligned === false) return `not active: ${apart(found.alignment.withinMs)}`;
  if (condition.value === true) {
    if (evidence.haveMs < evidence.neededMs)
      return `not active yet: ${condition.text} has held for ${formatSpan(evidence.haveMs)} of ${formatSpan(evidence.neededMs)}`;
    return `not active, though ${condition.text} holds: it comes with the next sample`;
  }
  if (condition.value === null) return `not active: the condition is unknown because ${whyUnknown(condition, found)}`;
  return `not active: ${decisive(condition, false).join(' and ')}`;
}

function whyStill(found: Found): string {
  const level = found.levels.find(({ isOn }) => isOn);
  if (level === undefined) return found.raisedBecause ?? 'it has not returned';
  const { condition, clearCondition, evidence } = level;
  if (found.raisedBecause !== null) return found.raisedBecause;
  if (condition.value === true) return `${decisive(condition, true).join(' and ')}`;
  if (found.alignment?.isAligned === false) return apart(found.alignment.withinMs);
  if (clearCondition.value === null)
    return `whether it may return is unknown because ${whyUnknown(clearCondition, found)}`;
  if (clearCondition.value === true)
    return `what lets it return, ${clearCondition.text}, has held for ${formatSpan(evidence.haveMs)} of ${formatSpan(evidence.neededMs)}`;
  return `it returns only when ${clearCondition.text}, and that is false`;
}

function apart(withinMs: number): string {
  return `the newest samples of the inputs lie more than ${formatSpan(withinMs)} apart and cannot be compared`;
}

function whySuppressed({ enableWhen, suppressWhen, inhibitedBy }: Found): string {
  if (enableWhen?.value === false) return `enableWhen is false: ${enableWhen.text}`;
  if (suppressWhen?.value === true) return `suppressWhen is true: ${suppressWhen.text}`;
  const by = inhibitedBy.filter(({ isActive }) => isActive).map(({ rule }) => rule);
  return by.length === 0 ? 'it is suppressed by design' : `it is inhibited by ${by.join(' and ')}`;
}

/** What is unknown suppresses nothing; whoever asks may have seen it suppressed, and must be told why it is not here. */
function whyPerhapsSuppressed(found: Found): string {
  const unknown = [
    ['enableWhen', found.enableWhen],
    ['suppressWhen', found.suppressWhen],
  ] as const;
  return unknown
    .map(([field, operand]) =>
      operand === null || operand.value !== null
        ? ''
        : `; ${field} is unknown and suppresses nothing, because ${whyUnknown(operand, found)}`,
    )
    .join('');
}

/** Plant states that conditions ask for and nobody has told. */
export function untoldStates({ levels, enableWhen, suppressWhen }: Found): string[] {
  const trees = [
    ...levels.flatMap(({ condition, clearCondition }) => [condition, clearCondition]),
    enableWhen,
    suppressWhen,
  ];
  const leaves = trees.flatMap((each) => (each === null ? [] : unknownLeaves(each)));
  return [...new Set(leaves.flatMap(({ plantState }) => plantState ?? []))];
}

/** The level to talk about: the one whose condition holds, else one that is unknown, else the lowest. */
function mostNearly(levels: readonly ExplainedLevel[]): ExplainedLevel | undefined {
  return (
    levels.find(({ condition }) => condition.value === true) ??
    levels.find(({ condition }) => condition.value === null) ??
    levels.at(-1)
  );
}

/** The comparisons that made it so: those of the same truth, as deep as they go. */
function decisive(operand: ExplainedOperand, truth: boolean): string[] {
  const isJunction = ['and', 'or', 'atLeast', 'if'].includes(operand.operator);
  const same = operand.operands.filter(({ value }) => value === truth);
  if (isJunction && same.length > 0) return same.flatMap((each) => decisive(each, truth));
  return [truth ? operand.text : `${operand.text} is false`];
}

/** The unknown input behind it, in words; else the innermost operand that is unknown. */
function whyUnknown(operand: ExplainedOperand, { inputs }: Found): string {
  const [deepest, ...rest] = unknownLeaves(operand);
  if (deepest === undefined) return `${operand.text} is unknown`;
  const names = new Set([deepest, ...rest].map(({ input }) => input));
  const blamed = inputs.filter(({ name, quality }) => quality !== 'GOOD' && names.has(name));
  if (blamed.length === 0) return `${deepest.text} is unknown (${deepest.reason})`;
  return blamed.map(inputSentence).join(' and ');
}

function unknownLeaves(operand: ExplainedOperand): ExplainedOperand[] {
  if (operand.value !== null) return [];
  const below = operand.operands.flatMap(unknownLeaves);
  return below.length === 0 ? [operand] : below;
}

export function inputSentence({ metric, device, quality, ageMs, maxAgeMs }: ExplainedInput): string {
  const of = device === null ? metric : `${metric} of ${device.slice(device.lastIndexOf('/') + 1)}`;
  if (device === null) return `no device feeds ${metric}`;
  if (quality === 'NEVER') return `${of} has never come`;
  if (quality === 'STALE') {
    const age = ageMs === null ? '' : ` (age ${formatSpan(ageMs)}`;
    return `${of} is STALE${age}${maxAgeMs === null ? ', its device is offline)' : ` > ${formatSpan(maxAgeMs)})`}`;
  }
  return `${of} is ${quality}`;
}
