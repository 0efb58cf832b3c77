// The texts of a rule and of its tests, one tab each, with what is found in them.

import { type Signal, useComputed, useSignal } from '@preact/signals';
import type { FindingView } from '../../api/rules.ts';
import { mayEditRulesNow } from '../state/session.ts';
import { texts } from '../texts.ts';
import { notesOfCoverage, notesOfFindings, notesOfTests, problemsIn } from './beside-lines.ts';
import type { CodeEditor } from './editor/code-editor.ts';
import { EditorPlace } from './editor-place.tsx';
import { FindingCount, FindingList } from './finding-list.tsx';
import { shownOf } from './job.ts';
import { rowOf } from './rules-view.ts';
import { runTests } from './runs.ts';
import { TestResults } from './test-results.tsx';
import { isOf, testFileOf, type Work } from './work.ts';

const TABS = ['rule', 'tests'] as const;
type Tab = (typeof TABS)[number];

const TESTS_BEGUN = '{\n  "$schema": "./schemas/rule-test.schema.json",\n  "kind": "RuleTest",\n  "tests": []\n}\n';

export function TextsPanel({ work }: { readonly work: Work }) {
  const tab = useSignal<Tab>('rule');
  const editors = { rule: useSignal<CodeEditor | null>(null), tests: useSignal<CodeEditor | null>(null) };
  const { file } = work;
  const testFile = testFileOf(file);
  /** What is found in the text as it stands; of an older text once it was typed on, until the server has said more. */
  const findings = useComputed<readonly FindingView[]>(() =>
    mayEditRulesNow() ? (shownOf(work.check.value)?.view.findings ?? []) : (rowOf(file)?.findings ?? []),
  );
  const tests = useComputed(() => {
    const shown = shownOf(work.tests.value);
    return isOf(shown, work) ? shown.view : null;
  });
  const ruleProblems = useComputed(() => problemsIn(file, findings.value));
  const testProblems = useComputed(() => problemsIn(testFile, findings.value));
  const ruleNotes = useComputed(() => [
    ...(tests.value === null ? [] : notesOfCoverage(tests.value)),
    ...notesOfFindings(file, findings.value),
  ]);
  const testNotes = useComputed(() => [
    ...notesOfFindings(testFile, findings.value),
    ...(tests.value === null ? [] : notesOfTests(tests.value)),
  ]);
  const goToFinding = (finding: Pick<FindingView, 'file' | 'line' | 'column'>) => {
    tab.value = finding.file === testFile ? 'tests' : 'rule';
    requestAnimationFrame(() => editors[tab.value].value?.goTo(finding.line, finding.column));
  };
  const { editor } = texts.rules;
  const isTests = tab.value === 'tests';
  return (
    <section class="panel texts" aria-label={editor.tabs}>
      <Tabs tab={tab} work={work} findings={findings.value} />
      <div role="tabpanel" id="panel-rule" aria-labelledby="tab-rule" hidden={isTests}>
        <EditorPlace
          label={editor.label(file)}
          text={work.text}
          schema="rule"
          isReadOnly={!mayEditRulesNow()}
          problems={ruleProblems}
          notes={ruleNotes}
          editor={editors.rule}
          testId="rule-editor"
        />
      </div>
      <div role="tabpanel" id="panel-tests" aria-labelledby="tab-tests" hidden={!isTests}>
        {work.test.value === '' ? (
          <NoTests work={work} />
        ) : (
          <EditorPlace
            label={editor.label(testFile)}
            text={work.test}
            schema="rule-test"
            isReadOnly={!mayEditRulesNow()}
            problems={testProblems}
            notes={testNotes}
            editor={editors.tests}
            testId="test-editor"
          />
        )}
      </div>
      <p class="hint">{mayEditRulesNow() ? editor.hint : editor.readOnly}</p>
      <Findings work={work} findings={findings.value} onGo={goToFinding} />
      {mayEditRulesNow() && work.test.value !== '' && (
        <TestResults work={work} onGo={(place) => goToFinding({ ...place, file: testFile })} />
      )}
    </section>
  );
}

type TabsProps = { readonly tab: Signal<Tab>; readonly work: Work; readonly findings: readonly FindingView[] };

function Tabs({ tab, work, findings }: TabsProps) {
  const { editor, tests } = texts.rules;
  const files = { rule: work.file, tests: testFileOf(work.file) };
  const isRunning = work.tests.value.is === 'running';
  const move = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    tab.value = tab.value === 'rule' ? 'tests' : 'rule';
    document.getElementById(`tab-${tab.value}`)?.focus();
  };
  return (
    <div class="tabs">
      <div role="tablist" aria-label={editor.tabs}>
        {TABS.map((each) => {
          const here = findings.filter(({ file }) => file === files[each]);
          return (
            <button
              key={each}
              type="button"
              role="tab"
              id={`tab-${each}`}
              data-testid={`tab-${each}`}
              aria-selected={tab.value === each}
              aria-controls={`panel-${each}`}
              tabIndex={tab.value === each ? 0 : -1}
              onKeyDown={move}
              onClick={() => {
                tab.value = each;
              }}
            >
              {editor[each]} {here.length > 0 && <FindingCount findings={here} />}
            </button>
          );
        })}
      </div>
      {mayEditRulesNow() && work.test.value !== '' && (
        <button
          type="button"
          class="quiet run"
          data-testid="run-tests"
          disabled={isRunning}
          onClick={() => {
            work.areTestsWatched.value = true;
            tab.value = 'tests';
            runTests(work);
          }}
        >
          {isRunning ? tests.running : tests.run}
        </button>
      )}
    </div>
  );
}

function NoTests({ work }: { readonly work: Work }) {
  const { noTests, addTests } = texts.rules.editor;
  return (
    <div class="empty">
      <p>{noTests}</p>
      {mayEditRulesNow() && (
        <button
          type="button"
          onClick={() => {
            work.test.value = TESTS_BEGUN;
          }}
        >
          {addTests}
        </button>
      )}
    </div>
  );
}

type FindingsProps = {
  readonly work: Work;
  readonly findings: readonly FindingView[];
  readonly onGo: (finding: FindingView) => void;
};

function Findings({ work, findings, onGo }: FindingsProps) {
  const job = work.check.value;
  const { checking, checkFailed, sound, others } = texts.rules.editor;
  const shown = shownOf(job);
  const isFresh = isOf(shown, work);
  const state = job.is === 'failed' ? 'failed' : mayEditRulesNow() && !isFresh ? 'checking' : 'checked';
  return (
    <div class="check" data-testid="check" data-state={state}>
      <p role="status">
        {state === 'failed' && job.is === 'failed' && <span class="problem">{checkFailed(job.why)}</span>}
        {state === 'checking' && <span class="hint">{checking}</span>}
        {state === 'checked' &&
          (findings.length === 0 ? <span class="calm">{sound}</span> : <FindingCount findings={findings} />)}
      </p>
      <FindingList findings={findings} onGo={onGo} />
      {isFresh && shown.view.others.length > 0 && (
        <>
          <h3>{others}</h3>
          <FindingList findings={shown.view.others} isWithFile />
        </>
      )}
    </div>
  );
}
