// Results of rule tests for a person: one line per test, and for those that fail the place, the moment, what was expected
// and what was there.

import { type Failure, failureText } from '../compare-expectation.ts';
import type { TestResult } from '../run-test-files.ts';

/** Colours `ok` and `FAIL`; gives the text back as it is where nobody wants colours. */
export type Mark = (verdict: 'ok' | 'FAIL') => string;

export function resultText(
  { file, line, column, rule, name, failures }: TestResult,
  { mark, isAligned }: { readonly mark: Mark; readonly isAligned: boolean },
): string {
  if (failures.length === 0) return `${mark('ok')}    ${rule}: ${name}\n`;
  const head = `${mark('FAIL')}  ${rule}: ${name}\n      ${file}:${line}:${column}\n`;
  if (isAligned) return `${head}${alignedText(failures)}`;
  return `${head}${failures.map((each) => `      ${file}:${each.line}:${each.column}: ${failureText(each)}\n`).join('')}`;
}

/** Expected and got, one above the other, so that the eye finds what differs. */
function alignedText(failures: readonly Failure[]): string {
  return failures
    .map((failure) => {
      if (failure.field === 'test') return `      ${failureText(failure)}\n`;
      const { at, instance, field, expected, got } = failure;
      return `      at ${at}, ${instance}: ${field}\n      - expected  ${shown(expected)}\n      + got       ${shown(got)}\n`;
    })
    .join('');
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function summaryText(results: readonly TestResult[], tookMs: number): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const count = `${results.length} test${results.length === 1 ? '' : 's'}`;
  return `${count}: ${results.length - failed} passed, ${failed} failed, in ${Math.round(tookMs)} ms\n`;
}
