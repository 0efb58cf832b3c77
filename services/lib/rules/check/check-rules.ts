// The one validator: texts of rule files to rules that may run, and everything wrong or doubtful in them. Pure; the service,
// the command line, HTTP and the editor all ask it. A file with an error is refused as a whole and hides no other.

import path from 'node:path';
import { type JsonFile, parseJsonFile } from '#runtime/json-file.ts';
import { type CompiledRule, type CompileOptions, compileRule } from '../language/compile-rule.ts';
import { type RuleFile, ruleSchema } from '../language/rule-schema.ts';
import { type Code, endOf, errorOf, type Finding, inReadingOrder, isError } from './finding.ts';
import type { Remark, SetLint, SetRemark } from './lint/lint.ts';
import { LINTS, SET_LINTS } from './lint/lints.ts';
import { factsOf, indexMetrics, type MetricIndex, type Models } from './lint/metric-facts.ts';
import { type PlantKnowledge, type PlantNames, plantNames } from './lint/plant-names.ts';
import { isSilenced, silencingRemarks } from './lint/silenced.ts';
import { type Coverage, untested } from './lint/untested.ts';
import { pipelineNames, takenNames } from './taken-names.ts';

/** `file` is a path, or what stands for one; only a name that ends in .json is held against the id. */
export type RuleText = { readonly file: string; readonly text: string };

/** Of the plant it need not know anything; the lint rules that need it say nothing then. */
export type CheckOptions = PlantKnowledge & {
  /** What tests have shown, for R017. */
  readonly coverage?: Coverage;
  /** Ids of rules that stand beside these and are not among them; undefined: nobody knows. For R018. */
  readonly beside?: readonly string[];
  /** How the rule of a file is compiled, where something is to watch it. */
  readonly compileOptionsOf?: (file: string) => CompileOptions;
  /** `free`: a file may be named otherwise than its rule, as a draft is. */
  readonly fileNames?: 'by-id' | 'free';
  /** `none`: only what keeps a rule from being read as one is found, so that a rule which is refused can be compared. */
  readonly lints?: 'all' | 'none';
  /** Which rules are given; all that are not disabled where it is left out. */
  readonly takes?: (source: RuleFile, file: string) => boolean;
  /** Why a rule cannot run where it is to run, however well it is written. */
  readonly refuses?: (source: RuleFile) => Remark | undefined;
};

export type CheckedRules = {
  /** Those of files without an error, less the disabled ones. */
  readonly rules: readonly CompiledRule[];
  /** The same with where each part of them is written. */
  readonly files: readonly CheckedFile[];
  readonly findings: readonly Finding[];
};

export type CheckedFile = Pick<JsonFile<RuleFile>, 'file' | 'at'> & { readonly rule: CompiledRule };

/** A file that reads as a rule; `rule` where it compiles too. */
type Member = {
  readonly file: string;
  readonly text: string;
  readonly at: JsonFile<RuleFile>['at'];
  readonly source: RuleFile;
  readonly rule: CompiledRule | undefined;
};

const NO_MODELS: Models = new Map();

export function checkRules(texts: readonly RuleText[], options: CheckOptions = {}): CheckedRules {
  const plant = { index: indexMetrics(options.models ?? NO_MODELS), names: plantNames(options) };
  const findings: Finding[] = [];
  const members = texts.flatMap((each) => readMember(each, findings, options.compileOptionsOf) ?? []);
  const takes = options.takes ?? (({ mode }) => mode !== 'disabled');
  for (const member of members) findings.push(...ofMember(member, plant, options));
  findings.push(...duplicateIds(members));
  // What is refused already can neither be in the way of another nor in a circle with it.
  const alone = withoutErrors(members, findings).filter(({ source, file }) => takes(source, file));
  const ids = members.map(({ source }) => source.id);
  const known = options.beside === undefined ? undefined : new Set([...ids, ...options.beside]);
  findings.push(...ofSet(alone, options.lints === 'none' ? [] : SET_LINTS, known));
  const files = withoutErrors(alone, findings).map(({ file, at, rule }) => ({ file, at, rule }));
  return { rules: files.map(({ rule }) => rule), files, findings: inReadingOrder(findings) };
}

function readMember(
  { file, text }: RuleText,
  findings: Finding[],
  compileOptionsOf: CheckOptions['compileOptionsOf'],
): Member | undefined {
  const parsed = parseJsonFile(file, text, ruleSchema);
  if (Array.isArray(parsed)) {
    findings.push(...parsed.map((problem) => errorOf(problem, text, 'SCHEMA')));
    return undefined;
  }
  const { value: source, at } = parsed;
  const compiled = compileRule(source, compileOptionsOf?.(file));
  if (!Array.isArray(compiled)) return { file, text, at, source, rule: compiled };
  findings.push(...compiled.map(({ path: place, ...problem }) => errorOf({ file, ...at(place), ...problem }, text)));
  return { file, text, at, source, rule: undefined };
}

type Plant = { readonly index: MetricIndex; readonly names: PlantNames };

function ofMember(
  member: Member,
  { index, names }: Plant,
  { coverage, fileNames, lints = 'all', refuses }: CheckOptions,
): Finding[] {
  const { source, rule } = member;
  const facts = factsOf(source, index);
  const covered = coverage?.get(member.file);
  const refusal = refuses?.(source);
  const remarks = (lints === 'none' ? [] : LINTS).flatMap(({ code, ofFile, ofRule }) =>
    [...(ofFile?.(source, facts, names) ?? []), ...(rule === undefined ? [] : (ofRule?.(rule, facts) ?? []))].map(
      (remark) => [code, remark] as const,
    ),
  );
  return [
    ...[...(fileNames === 'free' ? [] : misnamed(member)), ...pipelineNames(source), ...silencingRemarks(source)].map(
      (remark) => findingOf(member, 'RULE', remark),
    ),
    ...(refusal === undefined ? [] : [findingOf(member, 'RULE', refusal)]),
    ...[...remarks, ...(covered === undefined ? [] : untested(covered)).map((remark) => ['R017', remark] as const)]
      .filter(([code, remark]) => !isSilenced(source, code, remark))
      .map(([code, remark]) => findingOf(member, code, remark)),
  ];
}

/** A file is named for its rule; a number before it only puts files in order. */
function misnamed({ file, source }: Member): Remark[] {
  const name = path.basename(file, '.json');
  if (!file.endsWith('.json') || source.id === name || source.id === name.replace(/^\d+-/, '')) return [];
  return [{ path: ['id'], message: `the id must be the file's name, '${name}'`, level: 'error' }];
}

/** Of several files with one id that stands whose name is the id, so that a copy beside it takes nothing over; else the first. */
function duplicateIds(members: readonly Member[]): Finding[] {
  const holders = new Map<string, Member>();
  for (const member of members) {
    const { id } = member.source;
    const holder = holders.get(id);
    if (holder === undefined || strangeness(member) < strangeness(holder)) holders.set(id, member);
  }
  return members.flatMap((member) => {
    const { id } = member.source;
    const holder = holders.get(id);
    if (holder === undefined || holder === member) return [];
    const message = `rule '${id}' is also in ${holder.file}`;
    return [findingOf(member, 'RULE', { path: ['id'], message, level: 'error' })];
  });
}

/** How far a file's name is from the id: it is the id, it bears a number before it, it is another. */
function strangeness(member: Member): number {
  if (path.basename(member.file, '.json') === member.source.id) return 0;
  return misnamed(member).length === 0 ? 1 : 2;
}

type Sound = Member & { readonly rule: CompiledRule };

function withoutErrors(members: readonly Member[], findings: readonly Finding[]): Sound[] {
  const refused = new Set(findings.filter(isError).map(({ file }) => file));
  return members.flatMap((member) => {
    const { rule, file } = member;
    return rule === undefined || refused.has(file) ? [] : [{ ...member, rule }];
  });
}

function ofSet(
  members: readonly Sound[],
  lints: readonly SetLint[],
  known: ReadonlySet<string> | undefined,
): Finding[] {
  const byFile = new Map(members.map((member) => [member.file, member]));
  const told: (readonly [Code, SetRemark])[] = [
    ...takenNames(members).map((remark) => ['RULE', remark] as const),
    ...lints.flatMap(({ code, ofSet: lint }) => lint(members, known).map((remark) => [code, remark] as const)),
  ];
  return told.flatMap(([code, remark]) => {
    const member = byFile.get(remark.member.file);
    return member === undefined || isSilenced(member.source, code, remark) ? [] : [findingOf(member, code, remark)];
  });
}

function findingOf(
  { file, text, at }: Member,
  code: Code,
  { path: place, level, message, suggestion }: Remark,
): Finding {
  const found = at(place);
  const hint = suggestion === undefined ? {} : { suggestion };
  return { file, ...found, ...endOf(text, found), code, level, message, ...hint };
}
