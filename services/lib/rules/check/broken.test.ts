// The files of broken/ are wrong on purpose, one thing each: what is said of them, where, and what is suggested.

import path from 'node:path';
import { expect, it } from 'vitest';
import { checkFiles } from './check-files.ts';
import { type Finding, isError } from './finding.ts';
import { textReport } from './report/text.ts';

const FOLDER = path.resolve(import.meta.dirname, 'broken');

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'always-true': ['5:16 R003'],
  'bare-duration': ['5:14 SCHEMA'],
  'clear-within-condition': ['5:21 R004'],
  'command-that-feeds-back': ['12:18 R013'],
  'command-without-expiry': ['7:5 R012'],
  'cycle-a': ['6:29 R015'],
  'cycle-b': ['4:26 R015'],
  'deadband-on-compound': ['5:15 R004'],
  'limit-in-another-unit': ['6:16 R003', '6:43 R002'],
  'measured-label': ['6:44 R009'],
  'named-for-another': ['2:9 RULE'],
  'rule-isolated': ['2:9 RULE'],
  'silenced-error': ['6:15 R010', '7:33 RULE', '7:71 RULE lint.R005'],
  're-alarm-storm': ['7:18 SCHEMA'],
  'trailing-garbage': ['7:1 JSON'],
  'unit-as-spoken': ['4:58 R002 Cel'],
  'unit-of-something-else': ['4:58 R002'],
  'unknown-field': ['5:3 SCHEMA onDelay'],
  'unknown-input': ['4:33 R001 temp'],
  'unknown-metric': ['4:23 R001 temperature'],
  'unknown-model': ['3:23 R001 tank-sensor'],
  'unknown-operator': ['4:28 RULE between'],
  'unknown-priority': ['6:15 SCHEMA high'],
  'urgent-without-response': ['6:15 R010'],
  'written-twice': ['6:3 JSON'],
};

const files = Object.keys(EXPECTED).map((name) => path.join(FOLDER, `${name}.json`));
const checked = checkFiles(files);

const said = ({ line, column, code, suggestion }: Finding) =>
  `${line}:${column} ${code}${suggestion === undefined ? '' : ` ${suggestion}`}`;

it.each(Object.entries(EXPECTED))('broken/%s.json: code, place and suggestion', (name, expected) => {
  const findings = checked.findings.filter(({ file }) => path.basename(file, '.json') === name);
  expect(findings.map(said)).toEqual(expected);
  expect(findings.every(isError)).toBe(true);
});

it.each(['unknown-priority', 'unit-as-spoken', 'written-twice', 'trailing-garbage'])(
  'broken/%s.json as text',
  (name) => {
    const findings = checked.findings.flatMap((each) =>
      path.basename(each.file, '.json') === name ? [{ ...each, file: `rules/${name}.json` }] : [],
    );
    const textOf = () => checked.textOf(path.join(FOLDER, `${name}.json`));
    const options = { paint: (_: unknown, text: string) => text, shown: (text: string) => text };
    expect(textReport({ files: [], findings, textOf }, options)).toMatchSnapshot();
  },
);
