// The answer to what is shown now: asked for when that changes, and again while it goes on with the clock. What is asked for
// replaces what was: an answer that nobody waits for any more is aborted.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { formatSeriesName } from '#domain/series.ts';
import type { Trend } from '../../api/history.ts';
import { read } from '../state/api.ts';
import { currentTime } from '../state/clock.ts';
import { rangeOf, refreshMs } from './span.ts';
import type { View } from './view.ts';

/** As many buckets as a screen has room for, two pixels each on a small one. */
const BUCKETS = 400;

export type Loading = {
  /** The newest answer, of the series that are wanted; of another range until the one to this comes. */
  readonly trend: Trend | null;
  /** Why there is no newer one; null: it is the newest. */
  readonly problem: string | null;
};

export function useTrend(view: View): Loading {
  const trend = useSignal<Trend | null>(null);
  const problem = useSignal<string | null>(null);
  const wanted = JSON.stringify(view);
  // `wanted` is all of the view
  useEffect(() => {
    if (view.series.length === 0) {
      trend.value = null;
      problem.value = null;
      return;
    }
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = async () => {
      const answer = await read<Trend>(addressOf(view), stop.signal);
      if (stop.signal.aborted) return;
      problem.value = answer.ok ? null : answer.why;
      if (answer.ok) trend.value = answer.body;
      if (view.span.kind === 'live') timer = setTimeout(() => void refresh(), refreshMs(view.span.ms));
    };
    void refresh();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [wanted, trend, problem]);
  const newest = trend.value;
  const shown = useMemo(() => newest && ofView(newest, view), [newest, wanted]);
  return { trend: shown, problem: problem.value };
}

/** What was taken out is gone at once, and what was moved stands where it was moved to. */
function ofView(trend: Trend, { series }: View): Trend {
  const byName = new Map(trend.series.map((each) => [formatSeriesName(each), each]));
  return { ...trend, series: series.flatMap((name) => byName.get(formatSeriesName(name)) ?? []) };
}

function addressOf(view: View): string {
  const { from, to } = rangeOf(view.span, currentTime());
  return `api/trend?${addressQuery(view, { from, to, points: BUCKETS })}`;
}

/** Series and range of a request, and whatever else it says. */
export function addressQuery(view: Pick<View, 'series'>, others: { readonly [name: string]: number }): URLSearchParams {
  const series = view.series.map((name) => ['s', formatSeriesName(name)]);
  return new URLSearchParams([...series, ...Object.entries(others).map(([name, value]) => [name, String(value)])]);
}
