// Files of rules folders, of every kind, as an edge of the validators: rules, their tests, models, devices, sources. The rules
// of a folder are one set; its models stand in the folder beside them.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseJsonFile, parseJsonTree, plainValue } from '#runtime/json-file.ts';
import { type PlantFiles, readPlantFiles } from '#runtime/plant-files.ts';
import { sourceFile } from '#runtime/source-file.ts';
import { readTextFile } from '#runtime/text-file.ts';
import { schemaNameOf } from '../authoring/format-rule-file.ts';
import type { SchemaName } from '../authoring/schemas.ts';
import { readPlantKnowledge } from '../plant-knowledge.ts';
import { isRuleFile, ruleIdOf } from '../rule-files.ts';
import { ofName, strayFiles } from '../stray-files.ts';
import { checkRules, type RuleText } from './check-rules.ts';
import { checkTests } from './check-tests.ts';
import { errorOf, type Finding, inReadingOrder } from './finding.ts';
import { testCoverage } from './test-coverage.ts';

export type CheckFilesOptions = {
  /** Folders of which every file is there, so that a rule without a test can be told from a test that was not named. */
  readonly wholeFolders?: ReadonlySet<string>;
};

export type CheckedFiles = {
  readonly files: readonly string[];
  readonly ruleFiles: number;
  readonly findings: readonly Finding[];
  readonly textOf: (file: string) => string | undefined;
};

type KnownFile = RuleText & { readonly kind: SchemaName };

export function checkFiles(
  files: readonly string[],
  { wholeFolders = new Set() }: CheckFilesOptions = {},
): CheckedFiles {
  const strays = [...wholeFolders].flatMap(strayFiles);
  const findings: Finding[] = [...strays];
  const known = files.flatMap((file) => readKnown(file, findings) ?? []);
  const byKind = Map.groupBy(known, ({ kind }) => kind);
  const plants = new Map<string, PlantFiles>();
  const plantOf = (folder: string): PlantFiles => {
    const plant = plants.get(folder) ?? readPlantFiles(folder);
    plants.set(folder, plant);
    return plant;
  };
  const tests = Map.groupBy(byKind.get('rule-test') ?? [], ({ file }) => path.dirname(file));
  for (const [folder, rules] of Map.groupBy(byKind.get('rule') ?? [], ({ file }) => path.dirname(file))) {
    const testFiles = (tests.get(folder) ?? []).map(({ file }) => file);
    const coverage = wholeFolders.has(folder) ? testCoverage(rules, testFiles) : new Map();
    const plant = readPlantKnowledge(folder, plantOf(folder));
    findings.push(...checkRules(rules, { ...plant, coverage, beside: rulesIn(folder) }).findings);
  }
  findings.push(...checkTests(byKind.get('rule-test') ?? []));
  for (const kind of ['device-model', 'devices'] as const)
    findings.push(...(byKind.get(kind) ?? []).flatMap((each) => ofPlant(each, plantOf(plantFolder(each.file)))));
  findings.push(...(byKind.get('source') ?? []).flatMap(ofSource));
  const texts = new Map(known.map(({ file, text }) => [file, text]));
  const ruleFiles = byKind.get('rule')?.length ?? 0;
  const all = new Set([...files, ...strays.map(({ file }) => file)]);
  return { files: [...all], ruleFiles, findings: inReadingOrder(findings), textOf: (file) => texts.get(file) };
}

function readKnown(file: string, findings: Finding[]): KnownFile | undefined {
  findings.push(...ofName(file));
  const text = readTextFile(file);
  if (typeof text !== 'string') {
    findings.push(errorOf(text, ''));
    return undefined;
  }
  const parsed = parseJsonTree(text);
  return { file, text, kind: schemaNameOf(file, parsed.ok ? plainValue(parsed.tree) : undefined) };
}

/** Whether they are checked or not; of a folder that is gone meanwhile, none. */
function rulesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter(isRuleFile).map(ruleIdOf);
  } catch {
    return [];
  }
}

const plantFolder = (file: string): string => path.dirname(path.dirname(file));

/** Models and devices are read as the services read them, all of a folder at once: a device names a model. */
function ofPlant({ file, text, kind }: KnownFile, { problems }: PlantFiles): Finding[] {
  const own = problems.filter((problem) => path.resolve(problem.file) === path.resolve(file));
  if (kind !== 'device-model' || file.endsWith('.model.json'))
    return own.map((problem) => errorOf({ ...problem, file }, text, 'SCHEMA'));
  const message = 'is not read: the name of a model file ends in .model.json';
  return [{ file, line: 1, column: 1, code: 'RULE', level: 'warn', message }];
}

function ofSource({ file, text }: KnownFile): Finding[] {
  const parsed = parseJsonFile(file, text, sourceFile);
  return Array.isArray(parsed) ? parsed.map((problem) => errorOf(problem, text, 'SCHEMA')) : [];
}
