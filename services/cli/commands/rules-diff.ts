// `penstock rules diff`: what two sets of rules differ in, in words, and what becomes of standing alarms.

import { type CompiledTexts, compileTexts } from '#rules/authoring/compile-texts.ts';
import { diffRules, diffSentence } from '#rules/authoring/diff-rules.ts';
import type { RuleText } from '#rules/check/check-rules.ts';
import { filesNamed, jsonFilesOf } from '#rules/folder-files.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { EXIT } from '#runtime/start-error.ts';
import { readTextFile } from '#runtime/text-file.ts';
import type { Call, Cli, CliCommand } from '../cli.ts';
import { printable, printableJson } from '../printable.ts';
import { filesAtRevision } from '../rules/git-revision.ts';
import { readSettings } from '../settings.ts';

export const rulesDiffCommand: CliCommand = {
  name: 'rules diff',
  operands: '[old] [new]',
  summary: 'say in words what two rule files or folders differ in; exit 1 where they do',
  help: 'Without operands, --against compares the folder of the settings as it stands with what it was.\n',
  options: [
    ['--against <revision>', 'compare with the folder as it was at this revision of git'],
    ['--json', 'as JSON'],
  ],
  run: async (call, cli) => {
    const sides = sidesOf(call, cli);
    if (typeof sides === 'number') return sides;
    // Also one that the service refuses: what mends it is worth seeing.
    const [before, after] = sides.map((texts) => compileTexts(texts, { lints: 'none' })) as [
      CompiledTexts,
      CompiledTexts,
    ];
    const problems = [...before.problems, ...after.problems];
    for (const problem of problems) cli.err(`${cli.paint('red', 'error')} ${printable(formatProblem(problem))}\n`);
    if (problems.length > 0) return EXIT.config;
    const differences = diffRules(before.rules, after.rules);
    cli.out(
      call.options.json === true
        ? `${printableJson(JSON.stringify(differences, null, 2))}\n`
        : differences.map((each) => `${printable(diffSentence(each))}\n`).join(''),
    );
    return differences.length === 0 ? EXIT.ok : EXIT.findings;
  },
};

type Sides = readonly [before: readonly RuleText[], after: readonly RuleText[]];

/** Both sides, or the exit code after what is wrong was said. */
function sidesOf({ operands, options, settings }: Call, cli: Cli): Sides | number {
  const against = options.against;
  if (typeof against !== 'string') {
    const [before, after] = operands;
    if (before === undefined || after === undefined)
      return refused('name an old and a new file or folder, or use --against', cli);
    return bothOf(textsAt(before), textsAt(after), cli);
  }
  if (operands.length > 1) return refused('--against takes at most one folder', cli);
  const loaded = readSettings(settings, cli);
  if (typeof loaded === 'number') return loaded;
  const folder = operands[0] ?? loaded.config.rules.dir;
  return bothOf(filesAtRevision(against, folder), textsAt(folder), cli);
}

function bothOf(before: readonly RuleText[] | string, after: readonly RuleText[] | string, cli: Cli): Sides | number {
  if (typeof before === 'string') return refused(before, cli);
  return typeof after === 'string' ? refused(after, cli) : [before, after];
}

function textsAt(word: string): RuleText[] | string {
  const files = filesNamed([word], jsonFilesOf);
  if (typeof files === 'string') return files;
  const texts: RuleText[] = [];
  for (const file of files) {
    const text = readTextFile(file);
    if (typeof text !== 'string') return `${file} ${text.message}`;
    texts.push({ file, text });
  }
  return texts;
}

function refused(why: string, cli: Cli): number {
  cli.err(`error: ${printable(why)}\n`);
  return EXIT.usage;
}
