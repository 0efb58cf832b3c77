// What the tests said, in a list: the same that stands beside their lines, for those who do not see the margin.

import type { TestView } from '../../api/rules.ts';
import { texts } from '../texts.ts';
import { LevelMark } from './finding-list.tsx';
import { formatTook } from './format-took.ts';
import { shownOf } from './job.ts';
import { isOf, type Work } from './work.ts';

type Place = { readonly line: number; readonly column: number };
export type TestResultsProps = { readonly work: Work; readonly onGo: (place: Place) => void };

/** Of a rule whose every part is untested, the first ones say enough. */
const MISSING_SHOWN = 8;

export function TestResults({ work, onGo }: TestResultsProps) {
  const job = work.tests.value;
  const shown = shownOf(job);
  if (job.is === 'idle') return null;
  const { heading, failed, stale } = texts.rules.tests;
  return (
    <div class="test-results" data-testid="test-results" data-state={job.is}>
      <h3>{heading}</h3>
      <p class="problem" role="alert">
        {job.is === 'failed' && failed(job.why)}
      </p>
      {shown !== null && (
        <div data-testid="test-view" data-failed={shown.view.failed} data-passed={shown.view.passed}>
          <p role="status">
            <b>{summaryOf(shown.view)}</b> {!isOf(shown, work) && <span class="hint">{stale}</span>}
          </p>
          <Results view={shown.view} onGo={onGo} />
          <Coverage view={shown.view} />
        </div>
      )}
    </div>
  );
}

function summaryOf({ passed, failed, tookMs }: TestView): string {
  const { passed: allPassed, some, none } = texts.rules.tests;
  if (passed + failed === 0) return none;
  return failed === 0 ? allPassed(passed, formatTook(tookMs)) : some(failed, passed + failed, formatTook(tookMs));
}

function Results({ view, onGo }: { readonly view: TestView; readonly onGo: (place: Place) => void }) {
  const { pass, fail, more } = texts.rules.tests;
  return (
    <ul class="findings">
      {view.results.map(({ name, line, column, failures }) => (
        <li key={`${line}:${column}`} data-testid="test-result" data-passed={failures.length === 0}>
          {failures.length > 0 && <LevelMark level="error" />}
          <b class={failures.length === 0 ? 'calm' : ''}>{failures.length === 0 ? pass : fail(failures.length)}</b>
          <button type="button" class="link" onClick={() => onGo({ line, column })}>
            {texts.rules.editor.goTo(line)}
          </button>
          <span class="message clamp" dir="auto">
            {name}
          </span>
          {failures.length > 0 && (
            <ul class="failures">
              {failures.map((failure) => (
                <li key={`${failure.line}:${failure.column}:${failure.text}`}>
                  <button type="button" class="link" onClick={() => onGo(failure)}>
                    {texts.rules.editor.goTo(failure.line)}
                  </button>{' '}
                  <bdi class="clamp">{failure.text}</bdi>
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
      {view.more > 0 && <li class="hint">{more(view.more)}</li>}
    </ul>
  );
}

function Coverage({ view: { coverage } }: { readonly view: TestView }) {
  if (coverage === null) return null;
  const { coverage: reach, missing, moreMissing } = texts.rules.tests;
  const { covered, total } = coverage;
  return (
    <div data-testid="coverage">
      <p>{reach(covered, total)}</p>
      {coverage.missing.length > 0 && (
        <>
          <p class="hint">{missing}</p>
          <ul class="missing">
            {coverage.missing.slice(0, MISSING_SHOWN).map(({ line, column, text }) => (
              <li key={`${line}:${column}:${text}`}>
                <bdi class="clamp">{text}</bdi>
              </li>
            ))}
            {coverage.missing.length > MISSING_SHOWN && (
              <li class="hint">{moreMissing(coverage.missing.length - MISSING_SHOWN)}</li>
            )}
          </ul>
        </>
      )}
    </div>
  );
}
