// Below a list that shows its beginning alone: draws the rest of it.

import type { Signal } from '@preact/signals';
import { texts } from '../texts.ts';

export function MoreButton({ hidden, isWhole }: { readonly hidden: number; readonly isWhole: Signal<boolean> }) {
  if (hidden <= 0) return null;
  return (
    <button
      type="button"
      class="quiet"
      onClick={() => {
        isWhole.value = true;
      }}
    >
      {texts.showMore(hidden)}
    </button>
  );
}
