import { describe, expect, it } from 'vitest';
import type { Finding } from '../finding.ts';
import { type Checked, REPORTS, type ReportFormat } from './report.ts';
import { summaryOf, summaryText } from './summary.ts';

const wrong: Finding = {
  ...{ file: 'rules/press-07.json', line: 6, column: 15, endColumn: 21, code: 'R012', level: 'error' },
  message: 'severity must be one of low, medium, high, critical (got "hgih")',
  suggestion: 'high',
};
const doubtful: Finding = {
  ...{ file: 'rules/a,b:c.json', line: 1, column: 1, code: 'R006', level: 'warn' },
  message: '100 % <sure> & "quoted"\nsecond line \u0007',
};
const text = '{\n  "id": "press-07",\n  "name": "x",\n  "inputs": {},\n  "for": "5m",\n  "severity": "hgih",\n}\n';

function made(format: ReportFormat, findings: readonly Finding[], textOf: Checked['textOf'] = () => text): string {
  const files = [...new Set(['rules/good.json', ...findings.map(({ file }) => file)])];
  const options = { paint: (colour: string, each: string) => `<${colour}>${each}</>`, shown: (each: string) => each };
  return REPORTS[format]({ files, findings, textOf }, options);
}
const plain = (report: string) => report.replaceAll(/<\/?\w*>/g, '');

describe('text', () => {
  it('has the fixed form: place, code, sentence, caret, what was meant, help', () => {
    expect(plain(made('text', [wrong]))).toBe(
      [
        'rules/press-07.json:6:15 error R012: severity must be one of low, medium, high, critical (got "hgih")',
        '  5 |   "for": "5m",',
        '> 6 |   "severity": "hgih",',
        '    |               ^ did you mean "high"?',
        '  help: rules/README.md#R012',
        '',
      ].join('\n'),
    );
  });

  it('paints level and code, and nothing of the file', () => {
    expect(made('text', [wrong])).toContain('<red>error R012</>: severity');
    expect(made('text', [{ ...doubtful, message: 'x' }])).toContain('<yellow>warn R006</>: x');
  });

  it('does without a frame where the file could not be read or has no such line', () => {
    const [head, help] = ['rules/press-07.json:6:15 error R012: x', '  help: rules/README.md#R012'];
    expect(plain(made('text', [{ ...wrong, message: 'x' }], () => undefined))).toBe(`${head}\n${help}\n`);
    expect(plain(made('text', [{ ...wrong, message: 'x' }], () => ''))).toBe(`${head}\n${help}\n`);
  });

  it('points at the first column of the first line, and at the end of the last', () => {
    expect(plain(made('text', [{ ...wrong, line: 1, column: 1 }], () => '}'))).toContain('> 1 | }\n    | ^ did');
    expect(plain(made('text', [{ ...wrong, line: 2, column: 1 }], () => '{\n'))).toContain(
      '  1 | {\n> 2 |\n    | ^ did',
    );
  });

  it('cuts a line of a minified file around the place, and keeps the caret under it', () => {
    const minified = `{${' '.repeat(50_000)}"x"${' '.repeat(50_000)}}`;
    const report = plain(made('text', [{ ...wrong, line: 1, column: 50_002 }], () => minified));
    const [, code = '', caret = ''] = report.split('\n');
    expect(report.length).toBeLessThan(600);
    expect(code.indexOf('"x"')).toBe(caret.indexOf('^'));
  });

  it('keeps the caret under the place behind tabs and before Windows line ends', () => {
    const [, , code = '', caret = ''] = plain(
      made('text', [{ ...wrong, line: 2, column: 3 }], () => '{\r\n\t\t"x": 1\r\n}'),
    ).split('\n');
    expect(code.indexOf('"x"')).toBe(caret.indexOf('^'));
  });
});

it('json: findings as they are, and their numbers', () => {
  expect(JSON.parse(made('json', [wrong, doubtful]))).toEqual({
    files: 3,
    errors: 1,
    warnings: 1,
    findings: [wrong, doubtful],
  });
});

it('junit: a file is a case, errors fail it, warnings are its output; nothing breaks the XML', () => {
  expect(made('junit', [wrong, doubtful])).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="penstock rules check">
      <testsuite name="rules check" tests="3" failures="1">
        <testcase classname="rules" name="rules/good.json" />
        <testcase classname="rules" name="rules/press-07.json">
          <failure message="rules/press-07.json:6:15 error R012: severity must be one of low, medium, high, critical (got &quot;hgih&quot;); did you mean &quot;high&quot;?">rules/press-07.json:6:15 error R012: severity must be one of low, medium, high, critical (got &quot;hgih&quot;); did you mean &quot;high&quot;?</failure>
        </testcase>
        <testcase classname="rules" name="rules/a,b:c.json">
          <system-out>rules/a,b:c.json:1:1 warn R006: 100 % &lt;sure&gt; &amp; &quot;quoted&quot;&#10;second line �</system-out>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `);
});

it('github: one command a finding, in which no text of a file can begin another', () => {
  expect(made('github', [wrong, doubtful]).split('\n')).toEqual([
    '::error file=rules/press-07.json,line=6,col=15,endColumn=20,title=R012::severity must be one of low, medium, high, critical (got "hgih"); did you mean "high"?',
    '::warning file=rules/a%2Cb%3Ac.json,line=1,col=1,title=R006::100 %25 <sure> & "quoted"%0Asecond line \u0007',
    '',
  ]);
});

it.each([
  [[], 0, '0 files, 0 errors, 0 warnings'],
  [[wrong], 1, '1 file, 1 error, 0 warnings'],
  [[wrong, doubtful, doubtful, doubtful], 12, '12 files, 1 error, 3 warnings'],
] as const)('summary %#', (findings, count, sentence) => {
  const files = Array.from({ length: count }, (_, i) => `${i}.json`);
  expect(summaryText(summaryOf({ files, findings }))).toBe(sentence);
});
