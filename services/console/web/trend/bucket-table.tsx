// The picture as a table, for those who do not see it or want the number; made when somebody opens it.

import { useSignal } from '@preact/signals';
import { formatSeriesName } from '#domain/series.ts';
import type { Trend } from '../../api/history.ts';
import { texts } from '../texts.ts';
import { formatMoment, formatUnit, formatValue } from '../values/format.ts';
import { type BucketCell, bucketRows } from './bucket-rows.ts';

/** The newest of them; the exports have all. */
const ROWS_MAX = 1_000;

export function BucketTable({ trend }: { readonly trend: Trend }) {
  const isOpen = useSignal(false);
  return (
    <details
      class="buckets"
      data-testid="bucket-table"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{texts.trend.table}</summary>
      {isOpen.value && <Table trend={trend} />}
    </details>
  );
}

function Table({ trend }: { readonly trend: Trend }) {
  const series = trend.series.filter(({ at }) => at.length > 0);
  const rows = bucketRows(series).slice(-ROWS_MAX).reverse();
  if (rows.length === 0) return <p class="empty">{texts.trend.empty}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by the keyboard too
    <section class="scrolled" tabIndex={0} aria-label={texts.trend.table}>
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.trend.time}</th>
            {series.map((each) => (
              <th key={formatSeriesName(each)} scope="col" class="number">
                <bdi>
                  {each.device} · {each.metric}
                </bdi>{' '}
                {formatUnit(each.unit)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, cells }) => (
            <tr key={at} data-testid="bucket-row" data-at={at}>
              <th scope="row">{formatMoment(at, trend.to)}</th>
              {cells.map((cell, i) => (
                <td key={i} class="number">
                  {cell === null ? texts.trend.nothing : cellText(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function cellText({ mean, min, max, quality }: BucketCell): string {
  const [one, low, high] = [mean, min, max].map((value) => formatValue(value, null));
  const numbers = low === high ? `${one}` : texts.trend.spread(one ?? '', low ?? '', high ?? '');
  return quality === undefined ? numbers : `${numbers}, ${texts.trend.qualities[quality]}`;
}
