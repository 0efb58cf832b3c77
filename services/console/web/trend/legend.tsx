// What each line is, what it says now and over the range, and what is to be known of it: limits, quality, gaps.

import { formatSeriesName } from '#domain/series.ts';
import type { Trend, TrendSeries } from '../../api/history.ts';
import { now } from '../state/clock.ts';
import { values } from '../state/live.ts';
import { PRIORITY_WORDS, texts } from '../texts.ts';
import { formatAge, formatValue } from '../values/format.ts';
import { gapsOf } from './lines.ts';
import { lookOf } from './looks.ts';
import { statisticsOf } from './statistics.ts';
import { type Change, withMoved, withoutSeries } from './view.ts';

export type LegendProps = {
  readonly trend: Trend;
  readonly change: Change;
};

export function Legend({ trend, change }: LegendProps) {
  return (
    <ol class="legend" aria-label={texts.trend.legend} tabIndex={-1}>
      {trend.series.map((series, i) => (
        <Entry key={formatSeriesName(series)} trend={trend} series={series} index={i} change={change} />
      ))}
    </ol>
  );
}

type EntryProps = LegendProps & { readonly series: TrendSeries; readonly index: number };

function Entry({ trend, series, index, change }: EntryProps) {
  const { site, area, device, metric, unit } = series;
  const name = `${device} ${metric}`;
  const { up, down, remove } = texts.trend;
  return (
    <li data-testid="legend-entry" data-series={formatSeriesName(series)} data-unit={unit ?? ''}>
      <div class="legend-head">
        <Swatch index={index} isState={series.states.length > 0} />
        <bdi class="legend-name">
          <b>
            {device} · {metric}
          </b>{' '}
          <span class="hint">
            {site} / {area}
          </span>
        </bdi>
        <span class="legend-actions">
          <button
            type="button"
            class="quiet"
            aria-label={up(name)}
            title={up(name)}
            disabled={index === 0}
            onClick={() => change((view) => withMoved(view, series, -1))}
          >
            <span aria-hidden="true">↑</span>
          </button>
          <button
            type="button"
            class="quiet"
            aria-label={down(name)}
            title={down(name)}
            disabled={index === trend.series.length - 1}
            onClick={() => change((view) => withMoved(view, series, 1))}
          >
            <span aria-hidden="true">↓</span>
          </button>
          <button
            type="button"
            class="quiet"
            data-testid="remove-series"
            aria-label={remove(name)}
            title={remove(name)}
            onClick={(event) => {
              // The keyboard must not be left nowhere when its button goes.
              event.currentTarget.closest('ol')?.focus();
              change((view) => withoutSeries(view, series));
            }}
          >
            <span aria-hidden="true">✕</span>
          </button>
        </span>
      </div>
      <Numbers series={series} />
      <Notes trend={trend} series={series} />
    </li>
  );
}

/** Its number, and the line as it is drawn. */
function Swatch({ index, isState }: { readonly index: number; readonly isState: boolean }) {
  const { dash, colour, width } = lookOf(index);
  return (
    <span class="swatch">
      <b>{index + 1}</b>
      {!isState && (
        <svg width="34" height="10" aria-hidden="true" class={colour === '--ink' ? 'swatch-ink' : 'swatch-muted'}>
          <line x1="0" y1="5" x2="34" y2="5" stroke-width={width} stroke-dasharray={dash.join(' ')} />
        </svg>
      )}
    </span>
  );
}

function Numbers({ series }: { readonly series: TrendSeries }) {
  const { unit } = series;
  const statistics = statisticsOf(series);
  const key = formatSeriesName(series);
  const live = [...values.value.values()].find((value) => formatSeriesName(value) === key);
  const { now: nowText, last } = texts.trend;
  const current = live === undefined ? (statistics?.last ?? series.states.at(-1)?.value ?? null) : live.value;
  return (
    <dl class="legend-numbers">
      <div data-testid="legend-now">
        <dt>{live === undefined ? last : nowText}</dt>
        <dd>
          <bdi class="clamp">{formatValue(current, unit)}</bdi>
          {live !== undefined && <span class="hint"> {texts.trend.age(formatAge(now.value - live.measuredAt))}</span>}
        </dd>
      </div>
      {statistics !== undefined &&
        (['min', 'mean', 'max'] as const).map((which) => (
          <div key={which} data-testid={`legend-${which}`}>
            <dt>{texts.trend[which]}</dt>
            <dd>{formatValue(statistics[which], unit)}</dd>
          </div>
        ))}
      {statistics === undefined && series.states.length === 0 && <div class="empty">{texts.trend.noData}</div>}
    </dl>
  );
}

function Notes({ trend, series }: { readonly trend: Trend; readonly series: TrendSeries }) {
  const { unit, limits, quality } = series;
  const gaps = gapsOf(series, trend.intervalMs);
  const { limit, gap, qualityNote } = texts.trend;
  const counted = (which: 'uncertain' | 'bad') => {
    const spans = quality.filter((span) => span.quality === which);
    return { spans: spans.length, points: spans.reduce((sum, { points }) => sum + points, 0) };
  };
  return (
    <ul class="legend-notes hint">
      {limits.map(({ rule, value, isHigh, priority }) => (
        <li key={`${rule} ${value} ${isHigh}`} data-testid="legend-limit">
          <span aria-hidden="true">{isHigh ? '▲' : '▼'}</span>{' '}
          {limit(isHigh, formatValue(value, unit), PRIORITY_WORDS[priority])} <bdi>{rule}</bdi>
        </li>
      ))}
      {(['uncertain', 'bad'] as const).map((which) => {
        const { spans, points } = counted(which);
        return spans === 0 ? null : (
          <li key={which} data-testid={`legend-${which}`} data-spans={spans} data-points={points}>
            <span class={`hatch-sample ${which}`} aria-hidden="true" /> {qualityNote(which, spans, points)}
          </li>
        );
      })}
      {gaps.length > 0 && (
        <li data-testid="legend-gaps" data-gaps={gaps.length}>
          {gap(gaps.length, formatAge(gaps.reduce((sum, { from, to }) => sum + to - from, 0)))}
        </li>
      )}
    </ul>
  );
}
