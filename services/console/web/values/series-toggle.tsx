// Puts a series into the trend, and takes it out again.

import type { ComponentChildren } from 'preact';
import type { SeriesName } from '#domain/series.ts';
import { TREND_SERIES_MAX } from '../../api/history.ts';
import { texts } from '../texts.ts';
import { type Change, hasSeries, type View, withoutSeries, withSeries } from '../trend/view.ts';

export type SeriesToggleProps = {
  readonly series: SeriesName;
  readonly view: View;
  readonly change: Change;
  /** What it is called where its content does not say it all. */
  readonly label?: string;
  readonly children: ComponentChildren;
};

export function SeriesToggle({ series, view, change, label, children }: SeriesToggleProps) {
  const isShown = hasSeries(view, series);
  const isFull = !isShown && view.series.length >= TREND_SERIES_MAX;
  return (
    <button
      type="button"
      class="quiet link"
      aria-pressed={isShown}
      aria-label={label}
      title={isFull ? texts.values.full(TREND_SERIES_MAX) : undefined}
      disabled={isFull}
      onClick={() => change((now) => (isShown ? withoutSeries(now, series) : withSeries(now, series)))}
    >
      {children}
    </button>
  );
}
