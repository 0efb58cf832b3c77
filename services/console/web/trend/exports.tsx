// What is shown, and its points, as files; and the address that shows the same to somebody else.

import { useSignal } from '@preact/signals';
import type { Trend } from '../../api/history.ts';
import { download } from '../parts/download.ts';
import { texts } from '../texts.ts';
import { csvOf, fileNameOf } from './bucket-rows.ts';
import { addressQuery } from './use-trend.ts';

export function Exports({ trend }: { readonly trend: Trend }) {
  const copied = useSignal('');
  const { from, to } = trend;
  const { exportShown, exportPoints, copyLink, linkCopied, linkNotCopied } = texts.trend;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      copied.value = linkCopied;
    } catch {
      copied.value = linkNotCopied; // not over plain HTTP, or not allowed
    }
  };
  return (
    <div class="exports">
      <button
        type="button"
        class="quiet"
        data-testid="export-shown"
        onClick={() => download(fileNameOf(trend), csvOf(trend))}
      >
        {exportShown}
      </button>
      <a href={`api/series/export.csv?${addressQuery(trend, { from, to })}`} download="" data-testid="export-points">
        {exportPoints}
      </a>
      <button type="button" class="quiet" data-testid="copy-link" onClick={() => void copy()}>
        {copyLink}
      </button>
      <output class="hint">{copied.value}</output>
    </div>
  );
}
