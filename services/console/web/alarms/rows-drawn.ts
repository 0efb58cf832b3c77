// Which rows of a long list are drawn: those in sight, a few more on both sides, and the one that has the keyboard. Pure.

/** In px from the top of the list's first row. */
export type Sight = { readonly top: number; readonly bottom: number; readonly rowHeight: number };

/** Drawn beyond what is in sight, so that scrolling meets rows and not a void. */
const MARGIN_ROWS = 6;

/** @returns indices in order */
export function rowsDrawn(count: number, { top, bottom, rowHeight }: Sight, current: number | null): number[] {
  const first = Math.max(0, Math.floor(top / rowHeight) - MARGIN_ROWS);
  const end = Math.min(count, Math.ceil(bottom / rowHeight) + MARGIN_ROWS);
  const rows = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
  if (current === null || current >= count || (current >= first && current < end)) return rows;
  return current < first ? [current, ...rows] : [...rows, current];
}
