// The rule workbench: what each call of /api/rules does, who may make it, and what comes back. Types only; all moments are ms since
// the epoch. Rules stand as files in the rules folder, and the rules service alone decides what runs: nothing here is "deployed".
//
// | Call                              | Least    | Does |
// |-----------------------------------|----------|------|
// | GET /api/rules                    | viewer   | `RulesView`: the files of the rules folder, what is wrong with each, what runs of it |
// | GET /api/rules/file?name=         | viewer   | `RuleFileView` with an ETag of rule and test together; 304 on If-None-Match |
// | GET /api/rules/schemas/:name      | viewer   | a JSON Schema (`rule`, `rule-test`, …) for the editor; ETag, 304 |
// | POST /api/rules/check             | engineer | `RuleText` -> `CheckView`: findings as if it were saved, with all other files and the plant |
// | POST /api/rules/diff              | engineer | `RuleText` -> `DiffView`: what saving it would mean for the alarms that stand |
// | POST /api/rules/test              | engineer | `TestWish` -> `TestView`: its tests, run on the texts of the editor |
// | POST /api/rules/backtest          | engineer | `BacktestWish` -> `BacktestView`: what it would have done over the past |
// | PUT /api/rules/file               | engineer | `SaveWish` -> `SaveView`; If-Match, or If-None-Match: * for a new file |
// | GET /api/alarms/:site/:area/:rule/:instance/explain?at= | viewer | `ExplainView`; `at` is now where it is left out |
//
// Texts are what stands in the editor, saved or not, with comments where there are any: at most 256 KiB a text, 640 KiB a request (413
// beyond). A file is named by its plain name in the rules folder (`tank-temp-high.json`); its test is `<the same>.test.json`.
//
// Checks, tests, backtests and explanations run beside the console, one of each kind at a time for each login: the next one of the
// same kind ends the one before, which is answered with 409. So does hanging up. What takes too long is a 504, what needs too much
// memory a 422, a store that is away a 503, too many who ask at once a 503; each problem says in `detail` what to do. A rule that has errors is a 422 with `findings` (`RefusedProblem`).

import type { Priority } from '#domain/alarm.ts';
import type { Value } from '#domain/point.ts';
import type { SetResult } from '#rules/backtest/backtest.ts';
import type { ChartInstance, ChartSeries, ChartSpan, ChartStateSpan } from '#rules/backtest/chart-fold.ts';
import type { SentCommand } from '#rules/backtest/command-count.ts';
import type { Moved } from '#rules/backtest/compare.ts';
import type { Episode } from '#rules/backtest/episodes.ts';
import type { SourceCounts } from '#rules/backtest/point-source.ts';
import type { Finding } from '#rules/check/finding.ts';
import type { Problem } from './http.ts';

/** As `penstock rules check` tells it. `file` is relative to the rules folder, '' the folder itself. */
export type FindingView = Finding;

/** GET /api/rules */
export type RulesView = {
  /** In the order of their names. */
  readonly files: readonly RuleFileRow[];
  /** Files beyond those. */
  readonly more: number;
  /** Of what is no rule file: tests, models, devices, sources, files that nobody reads. */
  readonly findings: readonly FindingView[];
  readonly canSave: boolean;
  /** Why nobody, or this login, can save, in a sentence; null where it can. The page offers a download then. */
  readonly whyNot: string | null;
  /** When the rules service last told what it runs; null: it has not been heard. `runs` of every row is null then. */
  readonly toldAt: number | null;
};

export type RuleFileRow = {
  readonly file: string;
  /** null where the text cannot be read as far as that. */
  readonly id: string | null;
  readonly name: string | null;
  readonly mode: 'active' | 'shadow' | 'disabled' | null;
  /** The most urgent that it can have. */
  readonly priority: Priority | null;
  /** Of the file as it is on disk; null where it is refused. */
  readonly rev: string | null;
  /** What the rules service runs under this id. Another rev than `rev`: an older version, as the file is refused or not yet taken. */
  readonly runs: { readonly rev: string; readonly mode: string } | null;
  readonly hasTest: boolean;
  /** Of the rule and of its test. */
  readonly findings: readonly FindingView[];
  /** Alarms of it that are active now, of those the console knows; those that it raises beside its own included. */
  readonly activeAlarms: number;
};

/** GET /api/rules/file?name= */
export type RuleFileView = {
  readonly file: string;
  readonly text: string;
  /** null: there is none yet; saving with `test` makes it. */
  readonly test: { readonly file: string; readonly text: string } | null;
  /** Of both texts together, as the ETag header has it, quotes included; for If-Match of the next save. */
  readonly etag: string;
};

/** What stands in the editor. `file` need not be there yet. */
export type RuleText = {
  readonly file: string;
  readonly text: string;
  /** Its test; left out: the one on disk, if there is one. */
  readonly test?: string;
};

/** POST /api/rules/check */
export type CheckView = {
  /** Of the rule and its test. */
  readonly findings: readonly FindingView[];
  /** What the other files say only because of this text: an id that is taken twice, a circle. */
  readonly others: readonly FindingView[];
  readonly canBeSaved: boolean;
};

/** POST /api/rules/diff, against the file on disk. */
export type DiffView = {
  /** `tank-temp-high: limit 80 → 85 Cel; gathered evidence starts anew`. Empty: it means the same. */
  readonly sentences: readonly string[];
  /** What happens to alarms that stand; null where nothing does. The gravest where there are several. */
  readonly state: 'kept' | 'evidence-anew' | 'instances-anew' | 'new' | 'retired' | null;
};

/** POST /api/rules/test */
export type TestWish = RuleText & {
  /** Only the test of this name. */
  readonly only?: string;
};

export type TestView = {
  readonly results: readonly TestResultView[];
  /** Tests that were not run, as there are too many. */
  readonly more: number;
  readonly passed: number;
  readonly failed: number;
  /** null where nothing ran. */
  readonly coverage: CoverageView | null;
  readonly tookMs: number;
};

export type TestResultView = {
  readonly name: string;
  /** Where it begins in the text of the tests, from 1. */
  readonly line: number;
  readonly column: number;
  /** Empty: it passed. */
  readonly failures: readonly TestFailureView[];
};

export type TestFailureView = {
  /** Where the expectation stands in the text of the tests. */
  readonly line: number;
  readonly column: number;
  /** `at 30s, T1: state is "PENDING", expected "UNACK"`. */
  readonly text: string;
  /** As the test writes it; '' of a test that could not be run. */
  readonly at: string;
  readonly instance: string;
  /** What differs; `test` where the test could not be run. */
  readonly field: string;
  /** JSON; null where the test could not be run. */
  readonly expected: string | null;
  readonly got: string | null;
};

export type CoverageView = {
  readonly covered: number;
  readonly total: number;
  /** What no test has shown, by where it stands in the text of the rule. */
  readonly missing: readonly {
    readonly line: number;
    readonly column: number;
    /** `arm temp > 80: never false`. */
    readonly text: string;
  }[];
};

/** POST /api/rules/backtest. The range is at most 31 days. */
export type BacktestWish = RuleText & {
  readonly from: number;
  /** In the future: now. */
  readonly to: number;
  /** `rule/site/area/instance`: the one whose inputs are drawn; left out: those that were in alarm longest. */
  readonly instance?: string;
  /** Also runs the file as it is on disk, and says what differs. */
  readonly against: 'saved' | null;
  /** Plant states by `site/area/name`, which hold over the whole range: history has points only. */
  readonly states?: { readonly [state: string]: Value };
};

export type BacktestView = {
  /** `to` is left out of it. */
  readonly range: { readonly from: number; readonly to: number };
  readonly points: number;
  readonly source: SourceCounts;
  /** Whether the points were still at hand from an earlier run. */
  readonly isFromMemory: boolean;
  readonly tookMs: number;
  /** Names of the plant states that the rules read and `states` does not give: they were unknown throughout. */
  readonly untoldStates: readonly string[];
  readonly result: BacktestResult;
  /** null: it was not asked for, or there is no file, or it is refused (`againstProblem` says which). */
  readonly saved: BacktestResult | null;
  readonly againstProblem: string | null;
  readonly comparison: ComparisonView | null;
  readonly chart: BacktestChart;
};

/** Rules in shadow count as if they were active; nothing is ever sent. */
export type BacktestResult = Pick<SetResult, 'kpis' | 'rules' | 'historical'> & {
  readonly episodes: readonly Episode[];
  /** Episodes beyond those. */
  readonly episodesMore: number;
  readonly commands: {
    readonly total: number;
    readonly sent: readonly SentCommand[];
    readonly more: number;
    /** Why commands were not sent, and how often. */
    readonly heldBack: { readonly [why: string]: number };
  };
};

export type ComparisonView = {
  readonly same: number;
  readonly onlySaved: readonly Episode[];
  readonly onlyText: readonly Episode[];
  /** `before` is the saved one. */
  readonly moved: readonly Moved[];
  /** How many there are of each in all, those in the lists included. */
  readonly totals: { readonly onlySaved: number; readonly onlyText: number; readonly moved: number };
  /** Episodes too many to be compared. */
  readonly left: number;
};

export type BacktestChart = {
  /** Those that were in alarm longest first. */
  readonly instances: readonly InstanceChart[];
  readonly moreInstances: number;
  /** Of the instance that was asked for, or of the first ones. */
  readonly series: readonly InputSeries[];
  readonly moreSeries: number;
  readonly limits: readonly LimitLine[];
};

export type InstanceChart = ChartInstance & {
  /** The same of the file on disk; null where it was not asked for or has no such instance. */
  readonly savedStates: readonly StateSpan[] | null;
};

export type Span = ChartSpan;
export type StateSpan = ChartStateSpan;
export type InputSeries = ChartSeries;

/** A comparison of an input with a number, as far as that number never changes. */
export type LimitLine = {
  readonly input: string;
  readonly operator: '>' | '>=' | '<' | '<=' | '==' | '!=';
  readonly value: number;
  /** Of its level. */
  readonly priority: Priority;
  /** The limit that raises, or the one that ends it. */
  readonly kind: 'raises' | 'clears';
  /** In words: `temperature > 80`. */
  readonly text: string;
};

/**
 * PUT /api/rules/file. 428 without If-Match or If-None-Match, 412 where somebody has changed the file or its test meanwhile,
 * 422 (`RefusedProblem`) where it has errors, 403 where it may not be saved; nothing is written then.
 */
export type SaveWish = RuleText;

export type SaveView = {
  readonly file: RuleFileView;
  readonly diff: DiffView;
  /** Warnings that remain. */
  readonly findings: readonly FindingView[];
  readonly reload: ReloadView;
};

export type ReloadView = {
  /** `not-seen`: the rules service did not say in time that it has it; the file is saved all the same. */
  readonly outcome: 'taken' | 'refused' | 'not-seen';
  /** A sentence for the person. */
  readonly text: string;
  readonly rev: string | null;
};

/** 422 of a text that has errors. */
export type RefusedProblem = Problem & { readonly findings: readonly FindingView[] };

export type ExplainView = {
  readonly at: number;
  /** As `penstock rules explain` prints it: lines, columns by spaces. */
  readonly text: string;
};
