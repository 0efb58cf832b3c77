// What differs between two texts, line by line: the longest common subsequence, with a few lines around each difference. Bounded: of
// texts that have next to nothing in common (and only of those) the middle is told as a whole replaced by a whole.

export type DiffLine = {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  /** From 1, in the text before and in the one after; null where it is not in it. */
  readonly before: number | null;
  readonly after: number | null;
};

/** Lines that belong together; between two hunks nothing differs. */
export type Hunk = readonly DiffLine[];

/** Cells of the table: 2,000 lines against 2,000 lines, 16 MB for the moment that it takes. */
const CELLS_MAX = 4_000_000;
const AROUND = 3;

export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const pairs = matches(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const lines: DiffLine[] = [];
  const row = (kind: DiffLine['kind'], i: number, j: number): void => {
    const text = (kind === 'added' ? b[j] : a[i]) ?? '';
    lines.push({ kind, text, before: kind === 'added' ? null : i + 1, after: kind === 'removed' ? null : j + 1 });
  };
  let [i, j] = [0, 0];
  const same = (count: number): void => {
    for (let n = 0; n < count; n++) row('same', i++, j++);
  };
  const upTo = (nextI: number, nextJ: number): void => {
    while (i < nextI) row('removed', i++, j);
    while (j < nextJ) row('added', i, j++);
  };
  same(start);
  for (const [x, y] of pairs) {
    upTo(start + x, start + y);
    same(1);
  }
  upTo(a.length - end, b.length - end);
  same(end);
  return lines;
}

/** What differs, and what stands around it. Empty where nothing differs. */
export function hunksOf(lines: readonly DiffLine[]): Hunk[] {
  const hunks: DiffLine[][] = [];
  let lastShown = -1;
  for (const [at, line] of lines.entries()) {
    if (line.kind === 'same') continue;
    const from = Math.max(lastShown + 1, at - AROUND);
    const hunk = hunks.at(-1);
    const isNear = hunk !== undefined && from <= lastShown + 1;
    const shown = lines.slice(from, Math.min(at + AROUND + 1, lines.length));
    if (isNear) hunk.push(...shown);
    else hunks.push([...shown]);
    lastShown = Math.min(at + AROUND, lines.length - 1);
  }
  return hunks;
}

/** A newline at the end ends the last line and begins no other. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Index pairs of the longest common subsequence, in order. */
function matches(a: readonly string[], b: readonly string[]): [number, number][] {
  const width = b.length + 1;
  if (a.length * b.length > CELLS_MAX) return [];
  const best = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pairs: [number, number][] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}
