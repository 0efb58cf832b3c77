// `penstock rules check`: what is wrong or doubtful in rule files, with the place and the way out. Asks the validator that the
// services ask; reads and prints only.

import { statSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type CheckedFiles, checkFiles } from '#rules/check/check-files.ts';
import { checkRules } from '#rules/check/check-rules.ts';
import { isError } from '#rules/check/finding.ts';
import { REPORT_FORMATS, REPORTS, type ReportFormat } from '#rules/check/report/report.ts';
import { summaryOf, summaryText } from '#rules/check/report/summary.ts';
import { allFilesOf, filesNamed } from '#rules/folder-files.ts';
import { readPlantKnowledge } from '#rules/plant-knowledge.ts';
import { EXIT } from '#runtime/start-error.ts';
import type { Call, Cli, CliCommand } from '../cli.ts';
import { printable, printableJson } from '../printable.ts';
import { readSettings } from '../settings.ts';

const STDIN = '-';
const STDIN_FILE = 'stdin';
/** Nothing is refused, and warnings were asked to count. */
const EXIT_LINT = 3;

export const rulesCheckCommand = checkCommand(() => text(process.stdin));

/** `readInput` gives what stands on stdin. */
export function checkCommand(readInput: () => Promise<string>): CliCommand {
  return {
    name: 'rules check',
    operands: '[path...]',
    summary: 'look for mistakes in rules, their tests, models and devices; - reads one rule from stdin',
    help: `Without a path the folder of the settings (rules.dir) is checked. Exit 1 where a file is refused.
`,
    options: [
      ['--format <format>', `${REPORT_FORMATS.join(', ')} (default: text)`],
      ['--json', 'the same as --format json'],
      ['--lint-fatal', 'exit 3 where there are warnings'],
      ['--quiet', 'say nothing of warnings, and no summary'],
    ],
    run: async (call, cli) => {
      const format = formatOf(call);
      if (format === undefined)
        return refused(`--format is one of ${REPORT_FORMATS.join(', ')}, not '${String(call.options.format)}'`, cli);
      const loaded = readSettings(call.settings, cli);
      if (typeof loaded === 'number') return loaded;
      const checked = await checkWanted(call.operands, loaded.config.rules.dir, readInput);
      if (typeof checked === 'string') return refused(checked, cli);
      report(checked, { format, isQuiet: call.options.quiet === true }, cli);
      const { errors, warnings } = summaryOf(checked);
      if (errors > 0) return EXIT.findings;
      return warnings > 0 && call.options.lintFatal === true ? EXIT_LINT : EXIT.ok;
    },
  };
}

function formatOf({ options }: Call): ReportFormat | undefined {
  if (options.json === true && options.format === undefined) return 'json';
  return REPORT_FORMATS.find((each) => each === (options.format ?? 'text'));
}

function refused(why: string, cli: Cli): number {
  cli.err(`error: ${printable(why)}\n`);
  return EXIT.usage;
}

/** What was found, or why nothing could be looked at. */
async function checkWanted(
  operands: readonly string[],
  rulesDir: string,
  readInput: () => Promise<string>,
): Promise<CheckedFiles | string> {
  if (operands.includes(STDIN))
    return operands.length > 1 ? '- stands alone: stdin is one rule' : checkInput(await readInput(), rulesDir);
  const words = operands.length > 0 ? operands : [rulesDir];
  const files = filesNamed(words, allFilesOf);
  if (typeof files === 'string') return files;
  const folders = words.filter((word) => statSync(word).isDirectory());
  const checked = checkFiles(files, { wholeFolders: new Set(folders.map((folder) => path.normalize(`${folder}/.`))) });
  if (checked.ruleFiles > 0 || checked.findings.some(isError) || folders.length < words.length) return checked;
  const places = folders.map((folder) => path.resolve(folder)).join(', ');
  return `no rule file found: looked for *.json in ${places}; name a file or another folder, or set rules.dir`;
}

/** One rule alone, held against the plant of the settings' folder. */
function checkInput(input: string, rulesDir: string): CheckedFiles {
  const { findings } = checkRules([{ file: STDIN_FILE, text: input }], readPlantKnowledge(rulesDir));
  return { files: [STDIN_FILE], ruleFiles: 1, findings, textOf: () => input };
}

function report(
  checked: CheckedFiles,
  { format, isQuiet }: { readonly format: ReportFormat; readonly isQuiet: boolean },
  cli: Cli,
): void {
  const findings = isQuiet ? checked.findings.filter(isError) : checked.findings;
  const made = REPORTS[format]({ ...checked, findings }, { paint: cli.paintOut, shown: printable });
  cli.out(format === 'json' ? made.split('\n').map(printableJson).join('\n') : made);
  const summary = `${summaryText(summaryOf(checked))}\n`;
  if (!isQuiet) cli.err(format === 'text' && findings.length > 0 ? `\n${summary}` : summary);
}
