// Puts a series into the trend, and takes it out again.

import type { ComponentChildren } from 'preact';
import type { SeriesName } from '#domain/series.ts';
import { TREND_SERIES_MAX } from '../../api/history.ts';
import { texts } from '../texts.ts';
import { hasSeries, type View, withoutSeries, withSeries } from '../trend/view.ts';

export type SeriesToggleProps = {
  readonly series: SeriesName;
  readonly view: View;
  readonly change: (view: View) => void;
  readonly children: ComponentChildren;
};

export function SeriesToggle({ series, view, change, children }: SeriesToggleProps) {
  const isShown = hasSeries(view, series);
  const isFull = !isShown && view.series.length >= TREND_SERIES_MAX;
  const { device, metric } = series;
  return (
    <button
      type="button"
      class="quiet link"
      aria-pressed={isShown}
      aria-label={texts.values.showTrend(metric, device)}
      title={isFull ? texts.values.full(TREND_SERIES_MAX) : undefined}
      disabled={isFull}
      onClick={() => change(isShown ? withoutSeries(view, series) : withSeries(view, series))}
    >
      {children}
    </button>
  );
}
