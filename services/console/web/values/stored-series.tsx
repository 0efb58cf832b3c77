// Series that only the store remembers, found by the words that the latest values are searched by.

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { formatSeriesName } from '#domain/series.ts';
import type { KnownSeries, SeriesPage } from '../../api/history.ts';
import { read } from '../state/api.ts';
import { texts } from '../texts.ts';
import { SeriesToggle, type SeriesToggleProps } from './series-toggle.tsx';

/** A word is typed in less. */
const TYPING_MS = 300;
const PAGE = 50;

export type StoredSeriesProps = Pick<SeriesToggleProps, 'view' | 'change'> & {
  readonly search: ReadonlySignal<string>;
};

export function StoredSeries({ search, view, change }: StoredSeriesProps) {
  const found = useSignal<readonly KnownSeries[]>([]);
  const next = useSignal<string | null>(null);
  const problem = useSignal<string | null>(null);
  const words = search.value.trim();
  /** Ends with its words: what is looked for next must not get the rows of the search before. */
  const asking = useRef(new AbortController());
  const load = async (cursor: string | null) => {
    const { signal } = asking.current;
    const query = new URLSearchParams({
      search: words,
      where: 'stored',
      limit: String(PAGE),
      ...(cursor === null ? {} : { cursor }),
    });
    const answer = await read<SeriesPage>(`api/series?${query}`, signal);
    if (signal.aborted) return;
    problem.value = answer.ok ? answer.body.problem : answer.why;
    if (!answer.ok) return;
    const { series } = answer.body;
    found.value = cursor === null ? series : [...found.value, ...series];
    next.value = answer.body.next;
  };
  // asked anew for other words alone
  useEffect(() => {
    const stop = new AbortController();
    asking.current = stop;
    found.value = [];
    next.value = null;
    const timer = setTimeout(() => void load(null), TYPING_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [words]);
  const { stored, storedMore, storeProblem } = texts.values;
  return (
    <section class="stored" aria-labelledby="stored-heading">
      <h3 id="stored-heading">{stored}</h3>
      {problem.value !== null && <p class="hint">{storeProblem(problem.value)}</p>}
      <ul>
        {found.value.map((series) => (
          <li key={formatSeriesName(series)} data-testid="stored-series" data-series={formatSeriesName(series)}>
            <SeriesToggle series={series} view={view} change={change}>
              <bdi>
                {series.site} / {series.area} / {series.device} · {series.metric}
              </bdi>
            </SeriesToggle>
          </li>
        ))}
      </ul>
      {next.value !== null && (
        <button type="button" class="quiet" onClick={() => void load(next.value)}>
          {storedMore}
        </button>
      )}
    </section>
  );
}
