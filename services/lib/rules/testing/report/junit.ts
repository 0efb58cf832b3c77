// Results of rule tests as JUnit XML, which build servers read: a suite per file, a case per test.

import { failureText } from '../compare-expectation.ts';
import type { TestResult } from '../run-test-files.ts';

export function junitXml(results: readonly TestResult[]): string {
  const files = Map.groupBy(results, ({ file }) => file);
  const suites = [...files].map(([file, of]) => {
    const cases = of.map(caseXml).join('');
    return `  <testsuite name="${escaped(file)}" tests="${of.length}" failures="${failedIn(of)}">\n${cases}  </testsuite>\n`;
  });
  const totals = `tests="${results.length}" failures="${failedIn(results)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${totals}>\n${suites.join('')}</testsuites>\n`;
}

function caseXml({ file, line, rule, name, failures }: TestResult): string {
  const open = `    <testcase classname="${escaped(rule)}" name="${escaped(name)}" file="${escaped(file)}" line="${line}"`;
  if (failures.length === 0) return `${open}/>\n`;
  const texts = failures.map((each) => `${file}:${each.line}:${each.column}: ${failureText(each)}`);
  const message = escaped(failureText(failures[0] as (typeof failures)[number]));
  return `${open}>\n      <failure message="${message}">${escaped(texts.join('\n'))}</failure>\n    </testcase>\n`;
}

function failedIn(results: readonly TestResult[]): number {
  return results.filter(({ failures }) => failures.length > 0).length;
}

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** XML 1.0 has no way to write most control characters, nor half a pair: they become the sign for what is not shown. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\n\t\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\n]/g, (character) => ENTITIES[character] ?? character);
}
