// The contract of a lint rule: a pure function from one rule, and what is known of its metrics, to what is wrong with it.
// Where a model or a range is not known it says nothing.

import type { CompiledRule } from '../../language/compile-rule.ts';
import type { Path } from '../../language/expression.ts';
import type { RuleFile } from '../../language/rule-schema.ts';
import type { Code, Level } from '../finding.ts';
import type { MetricFacts } from './metric-facts.ts';
import type { PlantNames } from './plant-names.ts';

/** What a lint rule found, at a place of the file. */
export type Remark = {
  readonly path: Path;
  readonly message: string;
  readonly level: Level;
  readonly suggestion?: string;
};

/** What is known of the metric of each input, by the input's name. */
export type Facts = ReadonlyMap<string, MetricFacts>;

export type Lint = {
  readonly code: Code;
  /** Looks at what was written; also where an expression does not compile. */
  readonly ofFile?: (file: RuleFile, facts: Facts, plant: PlantNames) => readonly Remark[];
  /** Looks at what was compiled. */
  readonly ofRule?: (rule: CompiledRule, facts: Facts) => readonly Remark[];
};

/** A rule with its place among others, for what only the set can show. */
export type SetMember = { readonly file: string; readonly rule: CompiledRule };
export type SetRemark = Remark & { readonly member: SetMember };

/**
 * A lint rule of the whole set; it must stay near linear in the number of rules. `known`: the ids of all rules that there are,
 * refused and disabled ones too; undefined where nobody knows.
 */
export type SetLint = {
  readonly code: Code;
  readonly ofSet: (members: readonly SetMember[], known: ReadonlySet<string> | undefined) => readonly SetRemark[];
};
