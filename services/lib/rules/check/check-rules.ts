// The one validator: texts of rule files to rules that may run, and everything wrong or doubtful in them. Pure; the service,
// the command line, HTTP and the editor all ask it. A file with an error is refused as a whole and hides no other.

import path from 'node:path';
import { type JsonFile, parseJsonFile } from '#runtime/json-file.ts';
import { type CompiledRule, compileRule } from '../language/compile-rule.ts';
import { type RuleFile, ruleSchema } from '../language/rule-schema.ts';
import { type Code, endOf, errorOf, type Finding, inReadingOrder, isError } from './finding.ts';
import type { Remark } from './lint/lint.ts';
import { LINTS, SET_LINTS } from './lint/lints.ts';
import { factsOf, indexMetrics, type MetricIndex, type Models } from './lint/metric-facts.ts';
import { isSilenced, silencingRemarks } from './lint/silenced.ts';
import { type Coverage, untested } from './lint/untested.ts';

/** `file` is a path, or what stands for one; only a name that ends in .json is held against the id. */
export type RuleText = { readonly file: string; readonly text: string };

export type CheckOptions = {
  /** Device models by name; without them the lint rules that need one say nothing. */
  readonly models?: Models;
  /** What tests have shown, for R017. */
  readonly coverage?: Coverage;
};

export type CheckedRules = {
  /** Those of files without an error, less the disabled ones. */
  readonly rules: readonly CompiledRule[];
  readonly findings: readonly Finding[];
};

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
  const index = indexMetrics(options.models ?? NO_MODELS);
  const findings: Finding[] = [];
  const members = texts.flatMap((each) => readMember(each, findings) ?? []);
  for (const member of members) findings.push(...ofMember(member, index, options.coverage));
  findings.push(...duplicateIds(members));
  // What is refused already can neither be in the way of another nor in a circle with it.
  const alone = withoutErrors(members, findings);
  findings.push(...ofSet(alone));
  return {
    rules: withoutErrors(alone, findings).map(({ rule }) => rule),
    findings: inReadingOrder(findings),
  };
}

function readMember({ file, text }: RuleText, findings: Finding[]): Member | undefined {
  const parsed = parseJsonFile(file, text, ruleSchema);
  if (Array.isArray(parsed)) {
    findings.push(...parsed.map((problem) => errorOf(problem, text, 'SCHEMA')));
    return undefined;
  }
  const { value: source, at } = parsed;
  const compiled = compileRule(source);
  if (!Array.isArray(compiled)) return { file, text, at, source, rule: compiled };
  findings.push(...compiled.map(({ path: place, ...problem }) => errorOf({ file, ...at(place), ...problem }, text)));
  return { file, text, at, source, rule: undefined };
}

function ofMember(member: Member, index: MetricIndex, coverage: Coverage | undefined): Finding[] {
  const { source, rule } = member;
  const facts = factsOf(source, index);
  const covered = coverage?.get(member.file);
  const remarks = LINTS.flatMap(({ code, ofFile, ofRule }) =>
    [...(ofFile?.(source, facts) ?? []), ...(rule === undefined ? [] : (ofRule?.(rule, facts) ?? []))].map(
      (remark) => [code, remark] as const,
    ),
  );
  return [
    ...[...misnamed(member), ...silencingRemarks(source)].map((remark) => findingOf(member, 'RULE', remark)),
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

/** The first rule of an id stands. */
function duplicateIds(members: readonly Member[]): Finding[] {
  const files = new Map<string, string>();
  return members.flatMap((member) => {
    const { id } = member.source;
    const first = files.get(id);
    if (first === undefined) files.set(id, member.file);
    if (first === undefined) return [];
    return [findingOf(member, 'RULE', { path: ['id'], message: `rule '${id}' is also in ${first}`, level: 'error' })];
  });
}

type Sound = Member & { readonly rule: CompiledRule };

function withoutErrors(members: readonly Member[], findings: readonly Finding[]): Sound[] {
  const refused = new Set(findings.filter(isError).map(({ file }) => file));
  return members.flatMap((member) => {
    const { rule, source, file } = member;
    return rule === undefined || refused.has(file) || source.mode === 'disabled' ? [] : [{ ...member, rule }];
  });
}

function ofSet(members: readonly Sound[]): Finding[] {
  const byFile = new Map(members.map((member) => [member.file, member]));
  return SET_LINTS.flatMap(({ code, ofSet: lint }) =>
    lint(members).flatMap((remark) => {
      const member = byFile.get(remark.member.file);
      return member === undefined || isSilenced(member.source, code, remark) ? [] : [findingOf(member, code, remark)];
    }),
  );
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
