// What the text would have done over the past: as a chart, in numbers, and against the rule as it is saved.

import type { BacktestView, ComparisonView } from '../../../api/rules.ts';
import { mayEditRulesNow } from '../../state/session.ts';
import { texts } from '../../texts.ts';
import { formatTook } from '../format-took.ts';
import { shownOf } from '../job.ts';
import { isSound, tryOut } from '../runs.ts';
import { RunsOther } from '../runs-other.tsx';
import { isOf, type Work } from '../work.ts';
import { CommandTable } from './command-table.tsx';
import { differenceOf } from './difference.ts';
import { EpisodeTable } from './episode-table.tsx';
import { Numbers } from './numbers.tsx';
import { RangeFields } from './range-fields.tsx';
import { StateFields } from './state-fields.tsx';
import { TrialChart } from './trial-chart.tsx';

export function TrialPanel({ work }: { readonly work: Work }) {
  const { heading, needsEngineer } = texts.rules.trial;
  const isEngineer = mayEditRulesNow();
  const job = work.trial.value;
  return (
    <section class="panel trial" aria-labelledby="trial-heading" data-testid="trial" data-state={job.is}>
      <div class="panel-head">
        <h2 id="trial-heading">{heading}</h2>
        {isEngineer && <RangeFields work={work} />}
      </div>
      {isEngineer ? <Trial work={work} /> : <p class="empty">{needsEngineer}</p>}
    </section>
  );
}

function Trial({ work }: { readonly work: Work }) {
  const job = work.trial.value;
  const shown = shownOf(job);
  const checked = shownOf(work.check.value);
  const hasError = isOf(checked, work) && !isSound(work);
  const { failed, waits, waitsEmpty, again } = texts.rules.trial;
  return (
    <>
      <div class="trial-tools">
        <CompareChoice work={work} />
        <button
          type="button"
          class="quiet"
          data-testid="try-again"
          disabled={hasError || job.is === 'running'}
          onClick={() => tryOut(work)}
        >
          {again}
        </button>
        <Status work={work} />
      </div>
      <p class="problem" role="alert">
        {job.is === 'failed' && failed(job.why)}
      </p>
      {hasError && <p class="hatched">{shown === null ? waitsEmpty : waits}</p>}
      {shown !== null && <View work={work} view={shown.view} />}
    </>
  );
}

function CompareChoice({ work }: { readonly work: Work }) {
  if (work.saved.value === null) return null;
  return (
    <label class="inline">
      <input
        type="checkbox"
        data-testid="compare"
        checked={work.isCompared.value}
        onChange={(event) => {
          work.isCompared.value = event.currentTarget.checked;
          tryOut(work);
        }}
      />{' '}
      {texts.rules.trial.compare}
    </label>
  );
}

/** What is drawn, and whether it is of the text as it stands. */
function Status({ work }: { readonly work: Work }) {
  const job = work.trial.value;
  const shown = shownOf(job);
  const { running, took, fromMemory, stale } = texts.rules.trial;
  const isFresh = job.is === 'done' && isOf(shown, work);
  return (
    <span class="hint" role="status" data-testid="trial-status" data-fresh={isFresh}>
      {job.is === 'running' && running}
      {job.is !== 'running' && shown !== null && (
        <>
          {took(formatTook(shown.view.tookMs), String(shown.view.points))}
          {shown.view.isFromMemory && `, ${fromMemory}`}. {!isOf(shown, work) && stale}
        </>
      )}
    </span>
  );
}

function View({ work, view }: { readonly work: Work; readonly view: BacktestView }) {
  const { short } = texts.rules.trial;
  return (
    <>
      {view.againstProblem !== null && (
        <p class="hint">
          <bdi>{view.againstProblem}</bdi>
        </p>
      )}
      {view.result.rules.map(({ rule, stopped }) =>
        stopped === null ? null : (
          <p key={rule} class="problem">
            <bdi>{stopped}</bdi>
          </p>
        ),
      )}
      {view.comparison !== null && (
        <>
          <Difference comparison={view.comparison} />
          <RunsOther file={work.file} />
        </>
      )}
      <TrialChart work={work} view={view} />
      <StateFields work={work} view={view} />
      <Numbers view={view} />
      {view.result.kpis.isShort && <p class="hint">{short}</p>}
      <EpisodeTable view={view} />
      <CommandTable commands={view.result.commands} />
    </>
  );
}

function Difference({ comparison }: { readonly comparison: ComparisonView }) {
  const { none, parts, cut } = texts.rules.trial.difference;
  const difference = differenceOf(comparison);
  return (
    <p class="difference" role="status" data-testid="difference" data-same={difference === null}>
      {difference === null ? none(comparison.same) : <b>{parts(difference)}</b>}{' '}
      {comparison.left > 0 && cut(comparison.left)}
    </p>
  );
}
