// `penstock rules test`: the tests beside the rules, on the engine that runs live, and what they cover.

import { writeFileSync } from 'node:fs';
import { filesNamed, jsonFilesOf } from '#rules/folder-files.ts';
import { coveragePercent, coverageText, percentText } from '#rules/testing/report/coverage-text.ts';
import { junitXml } from '#rules/testing/report/junit.ts';
import { resultText, summaryText } from '#rules/testing/report/result-text.ts';
import { runTestFiles, type TestRuns } from '#rules/testing/run-test-files.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { EXIT } from '#runtime/start-error.ts';
import type { Call, Cli, CliCommand } from '../cli.ts';
import { printable, printableJson } from '../printable.ts';
import { readSettings } from '../settings.ts';

export const rulesTestCommand: CliCommand = {
  name: 'rules test',
  operands: '[path...]',
  summary: 'run the tests of rules (*.test.json, "kind": "RuleTest"); exit 1 where one fails',
  options: [
    ['--run <pattern>', 'only tests whose "rule: name" matches this regular expression'],
    ['--diff', 'show expected and got one above the other'],
    ['--junit <file>', 'also write the results there as JUnit XML'],
    ['--coverage', 'show which rules, arms, actions and suppressions the tests have reached'],
    ['--coverage-threshold <percent>', 'exit 1 where less than this is covered; implies --coverage'],
    ['--json', 'as JSON'],
  ],
  run: async (call, cli) => {
    const wanted = wantedOf(call, cli);
    if (typeof wanted === 'number') return wanted;
    const { pattern, threshold, files } = wanted;
    const startedAt = cli.now();
    const runs = runTestFiles(files, { isWanted: (title) => pattern.test(title) });
    for (const problem of runs.problems) cli.err(`${cli.paint('red', 'error')} ${printable(formatProblem(problem))}\n`);
    if (runs.results.length === 0 && runs.problems.length === 0) return refused(noneBecause(call), cli);
    if (typeof call.options.junit === 'string') {
      const failure = writeReport(call.options.junit, junitXml(runs.results));
      if (failure !== undefined) return refused(failure, cli);
    }
    show(runs, { call, threshold, tookMs: cli.now() - startedAt }, cli);
    return exitCodeOf(runs, threshold, cli);
  },
};

type Wanted = { readonly pattern: RegExp; readonly threshold: number | undefined; readonly files: readonly string[] };

/** What is to be run, or the exit code after what is wrong was said. */
function wantedOf({ operands, options, settings }: Call, cli: Cli): Wanted | number {
  const threshold = options.coverageThreshold === undefined ? undefined : Number(options.coverageThreshold);
  if (threshold !== undefined && !(threshold >= 0 && threshold <= 100))
    return refused(`--coverage-threshold is a number from 0 to 100, not '${String(options.coverageThreshold)}'`, cli);
  let pattern: RegExp;
  try {
    pattern = new RegExp(typeof options.run === 'string' ? options.run : '');
  } catch (error) {
    return refused(`--run: ${(error as Error).message}`, cli);
  }
  const loaded = readSettings(settings, cli);
  if (typeof loaded === 'number') return loaded;
  const files = filesNamed(operands.length > 0 ? operands : [loaded.config.rules.dir], jsonFilesOf);
  return typeof files === 'string' ? refused(files, cli) : { pattern, threshold, files };
}

/** Nothing run is nothing proved. */
function noneBecause({ operands, options }: Call): string {
  if (options.run !== undefined) return `no test matches '${String(options.run)}'`;
  return `there are no tests${operands.length === 0 ? '' : ` in ${operands.join(', ')}`}; write <rule>.test.json beside a rule`;
}

function writeReport(file: string, xml: string): string | undefined {
  try {
    writeFileSync(file, xml);
    return undefined;
  } catch (error) {
    return `${file} cannot be written (${(error as NodeJS.ErrnoException).code})`;
  }
}

type Shown = { readonly call: Call; readonly threshold: number | undefined; readonly tookMs: number };

function show(runs: TestRuns, { call: { options }, threshold, tookMs }: Shown, cli: Cli): void {
  const hasCoverage = options.coverage === true || threshold !== undefined;
  if (options.json === true) {
    const { results, problems, coverage } = runs;
    const report = hasCoverage ? { results, problems, coverage } : { results, problems };
    cli.out(`${printableJson(JSON.stringify(report, null, 2))}\n`);
    return;
  }
  const mark = (verdict: 'ok' | 'FAIL') => cli.paintOut(verdict === 'ok' ? 'green' : 'red', verdict);
  for (const result of runs.results) {
    const text = resultText(shownSafely(result), { mark, isAligned: options.diff === true });
    cli.out(text);
  }
  if (hasCoverage) cli.out(`\n${printableLines(coverageText(runs.coverage))}`);
  cli.err(summaryText(runs.results, tookMs));
}

/** Names come from files: none of them may steer a terminal. */
function shownSafely<T extends { readonly name: string; readonly rule: string; readonly file: string }>(result: T): T {
  return { ...result, name: printable(result.name), rule: printable(result.rule), file: printable(result.file) };
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function exitCodeOf({ results, problems, coverage }: TestRuns, threshold: number | undefined, cli: Cli): number {
  const isFailed = problems.length > 0 || results.some(({ failures }) => failures.length > 0);
  const percent = coveragePercent(coverage);
  const isLow = threshold !== undefined && percent < threshold;
  if (isLow) cli.err(`coverage is ${percentText(percent)}, below the threshold of ${threshold} %\n`);
  return isFailed || isLow ? EXIT.findings : EXIT.ok;
}

function refused(why: string, cli: Cli): number {
  cli.err(`error: ${printable(why)}\n`);
  return EXIT.usage;
}
