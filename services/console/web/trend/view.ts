// What the page shows, as its address says it, so that a link shows the same to somebody else:
//   #/trends?s=site/area/device/metric&s=…&last=1h     goes on with the clock
//   #/trends?s=…&from=1796065933000&to=1796069533000   stays

import { formatDuration, parseDuration } from '#domain/duration.ts';
import { formatSeriesName, parseSeriesName, type SeriesName } from '#domain/series.ts';
import { TREND_SERIES_MAX } from '../../api/history.ts';
import type { RouteQuery } from '../state/route.ts';
import { clampSpanMs, DEFAULT_SPAN, SPAN_MS_MAX, type Span } from './span.ts';

export type View = { readonly series: readonly SeriesName[]; readonly span: Span };
/** Shows other series, seen from those that are shown. */
export type Change = (to: (view: View) => View) => void;

/** Whatever somebody has typed there: what makes no sense is left out. */
export function viewOf(query: URLSearchParams): View {
  const names = [...new Set(query.getAll('s'))].flatMap((text) => parseSeriesName(text) ?? []);
  return { series: names.slice(0, TREND_SERIES_MAX), span: spanIn(query) };
}

function spanIn(query: URLSearchParams): Span {
  const [from, to] = [momentIn(query, 'from'), momentIn(query, 'to')];
  if (from < to && to - from <= SPAN_MS_MAX) return { kind: 'fixed', from, to };
  const ms = parseDuration(query.get('last') ?? '');
  return ms === undefined ? DEFAULT_SPAN : { kind: 'live', ms: clampSpanMs(ms) };
}

function momentIn(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  return /^\d{1,16}$/.test(text) && Number(text) <= 8.64e15 ? Number(text) : Number.NaN;
}

export function queryOf({ series, span }: View): RouteQuery {
  const s = series.map(formatSeriesName);
  return span.kind === 'live'
    ? { s, last: formatDuration(span.ms) }
    : { s, from: String(span.from), to: String(span.to) };
}

export function withSeries(view: View, name: SeriesName): View {
  if (hasSeries(view, name) || view.series.length >= TREND_SERIES_MAX) return view;
  return { ...view, series: [...view.series, name] };
}

export function withoutSeries(view: View, name: SeriesName): View {
  return { ...view, series: view.series.filter((each) => formatSeriesName(each) !== formatSeriesName(name)) };
}

export function hasSeries({ series }: View, name: SeriesName): boolean {
  return series.some((each) => formatSeriesName(each) === formatSeriesName(name));
}

/** One place up (-1) or down (1). */
export function withMoved(view: View, name: SeriesName, by: -1 | 1): View {
  const index = view.series.findIndex((each) => formatSeriesName(each) === formatSeriesName(name));
  const [one, other] = [view.series[index], view.series[index + by]];
  if (one === undefined || other === undefined) return view;
  const series = [...view.series];
  series[index] = other;
  series[index + by] = one;
  return { ...view, series };
}
