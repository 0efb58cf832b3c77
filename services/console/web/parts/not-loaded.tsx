// Where a part of the page should be whose code did not come.

import { texts } from '../texts.ts';

export function NotLoaded({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <p class="loading" role="alert">
      {texts.errors.pageNotLoaded}{' '}
      <button type="button" onClick={onRetry}>
        {texts.errors.tryAgain}
      </button>
    </p>
  );
}
