// Findings as JUnit XML, which every CI server shows: a file is a test case, its errors are failures, its warnings are its
// output.

import { type Finding, isError } from '../finding.ts';
import type { Report } from './report.ts';
import { summaryOf } from './summary.ts';

export const junitReport: Report = (checked) => {
  const { files } = summaryOf(checked);
  const found = Map.groupBy(checked.findings, ({ file }) => file);
  const failed = checked.files.filter((file) => found.get(file)?.some(isError)).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="penstock rules check">',
    `  <testsuite name="rules check" tests="${files}" failures="${failed}">`,
    ...checked.files.flatMap((file) => caseOf(file, found.get(file) ?? [])),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};

function caseOf(file: string, findings: readonly Finding[]): string[] {
  const open = `    <testcase classname="rules" name="${escaped(file)}"`;
  if (findings.length === 0) return [`${open} />`];
  const errors = findings.filter(isError);
  const warnings = findings.filter((each) => !isError(each));
  return [
    `${open}>`,
    ...(errors.length === 0
      ? []
      : [`      <failure message="${escaped(lineOf(errors[0]))}">${escaped(errors.map(lineOf).join('\n'))}</failure>`]),
    ...(warnings.length === 0 ? [] : [`      <system-out>${escaped(warnings.map(lineOf).join('\n'))}</system-out>`]),
    '    </testcase>',
  ];
}

function lineOf(finding: Finding | undefined): string {
  if (finding === undefined) return '';
  const { file, line, column, level, code, message, suggestion } = finding;
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
  return `${file}:${line}:${column} ${level} ${code}: ${message}${hint}`;
}

const ENTITIES: { readonly [character: string]: string } = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' },
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 cannot hold them, not even escaped
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

function escaped(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"\n]/g, (character) => ENTITIES[character] ?? character);
}
