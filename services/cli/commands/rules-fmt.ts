// `penstock rules fmt`: rule files in their canonical form. Reads and writes files; what the form is, is said in
// #rules/authoring.

import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { formatRuleFile } from '#rules/authoring/format-rule-file.ts';
import { allFilesOf, filesNamed } from '#rules/folder-files.ts';
import { type FileProblem, formatProblem } from '#runtime/json-file.ts';
import { EXIT } from '#runtime/start-error.ts';
import { readTextFile } from '#runtime/text-file.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { printable } from '../printable.ts';
import { readSettings } from '../settings.ts';

const STDIN = '-';

export const rulesFmtCommand = fmtCommand(() => text(process.stdin));

/** `readInput` gives what stands on stdin. */
export function fmtCommand(readInput: () => Promise<string>): CliCommand {
  return {
    name: 'rules fmt',
    operands: '[path...]',
    summary: 'write rule files in their canonical form; - reads stdin and writes stdout',
    options: [
      ['--check', 'write nothing; exit 1 and list the files that are not in the form'],
      ['--dry-run', 'write nothing; list the files that would be written'],
    ],
    run: async ({ operands, options, settings }, cli) => {
      if (operands.includes(STDIN)) {
        if (operands.length > 1) return refused('- stands alone: stdin is one file', cli);
        return formatInput(await readInput(), cli);
      }
      const loaded = readSettings(settings, cli);
      if (typeof loaded === 'number') return loaded;
      const files = filesNamed(operands.length > 0 ? operands : [loaded.config.rules.dir], allFilesOf);
      if (typeof files === 'string') return refused(files, cli);
      const isDry = options.check === true || options.dryRun === true;
      return formatFiles(files, { isDry, isCheck: options.check === true }, cli);
    },
  };
}

function refused(why: string, cli: Cli): number {
  cli.err(`error: ${printable(why)}\n`);
  return EXIT.usage;
}

function formatInput(input: string, cli: Cli): number {
  const formatted = formatRuleFile('stdin', input);
  if (typeof formatted !== 'string') return unreadable(formatted, cli);
  cli.out(formatted);
  return EXIT.ok;
}

type Mode = { readonly isDry: boolean; readonly isCheck: boolean };

function formatFiles(files: readonly string[], { isDry, isCheck }: Mode, cli: Cli): number {
  let changed = 0;
  let isBroken = false;
  for (const file of files) {
    const before = readTextFile(file);
    const after = typeof before === 'string' ? formatRuleFile(file, before) : [before];
    if (typeof after !== 'string') {
      unreadable(after, cli);
      isBroken = true;
    } else if (after !== before) {
      changed++;
      cli.out(`${printable(file)}\n`);
      if (!isDry) replaceFile(file, after);
    }
  }
  const did = isDry ? 'to be formatted' : 'formatted';
  cli.err(`${changed} of ${files.length} file${files.length === 1 ? '' : 's'} ${did}\n`);
  return isBroken || (isCheck && changed > 0) ? EXIT.findings : EXIT.ok;
}

function unreadable(problems: readonly FileProblem[], cli: Cli): number {
  for (const problem of problems) cli.err(`${cli.paint('red', 'error')} ${printable(formatProblem(problem))}\n`);
  return EXIT.findings;
}

/** At once: a running service that reloads the file never sees half of it. */
function replaceFile(file: string, content: string): void {
  const target = realpathSync(file);
  const draft = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`);
  try {
    writeFileSync(draft, content, { mode: statSync(target).mode });
    renameSync(draft, target);
  } finally {
    rmSync(draft, { force: true });
  }
}
