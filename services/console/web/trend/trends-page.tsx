// How values have moved, and what they are now. What is shown stands in the address.

import '../styles/trends.css';
import { currentTime } from '../state/clock.ts';
import { goTo, hrefOf, replaceQuery, route } from '../state/route.ts';
import { texts } from '../texts.ts';
import { ValueTable } from '../values/value-table.tsx';
import { BucketTable } from './bucket-table.tsx';
import { Exports } from './exports.tsx';
import { Legend } from './legend.tsx';
import type { Move } from './span.ts';
import { SpanBar } from './span-bar.tsx';
import { TrendFigure } from './trend-figure.tsx';
import { useTrend } from './use-trend.ts';
import { type Change, queryOf, viewOf } from './view.ts';

/** From where the address says that we are: what is drawn may be a key press behind. */
const move: Move = (to, isPassing = false) => {
  const view = viewOf(route.value.query);
  const query = queryOf({ ...view, span: to(view.span, currentTime()) });
  if (isPassing) replaceQuery(query);
  else goTo(hrefOf('trends', [], query));
};

/** Another stretch of time has a step back; another series does not. */
const change: Change = (to) => replaceQuery(queryOf(to(viewOf(route.value.query))));

export function TrendsPage() {
  const view = viewOf(route.value.query);
  const { trend, problem } = useTrend(view);
  const { heading, none, failed, loading: loadingText } = texts.trend;
  return (
    <div class="columns trends">
      <section class="panel" aria-labelledby="trend-heading" data-testid="trend" data-span={view.span.kind}>
        <div class="panel-head">
          <h2 id="trend-heading">{heading}</h2>
        </div>
        <SpanBar span={view.span} move={move} />
        <p class="problem" role="alert">
          {problem === null ? null : failed(problem)}
        </p>
        {view.series.length === 0 && <p class="empty">{none}</p>}
        {view.series.length > 0 && trend === null && problem === null && <p class="loading">{loadingText}</p>}
        {view.series.length > 0 && trend !== null && (
          <>
            <TrendFigure trend={trend} move={move} />
            <Legend trend={trend} change={change} />
            <Exports trend={trend} />
            <BucketTable trend={trend} />
          </>
        )}
      </section>
      <ValueTable view={view} change={change} />
    </div>
  );
}
