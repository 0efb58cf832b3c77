// What differs between two texts, to be read: a sign and a word for each line, not colour alone.

import { useMemo } from 'preact/hooks';
import { texts } from '../texts.ts';
import { diffLines, hunksOf } from './line-diff.ts';

const SIGNS = { same: ' ', removed: '−', added: '+' } as const;
/** More than anybody reads; a whole file of another author is such. */
const LINES_MAX = 400;

export type LineDiffProps = {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly isTheirs?: boolean;
};

export function LineDiff({ file, before, after, isTheirs = false }: LineDiffProps) {
  const hunks = useMemo(() => hunksOf(diffLines(before, after)), [before, after]);
  const { diffOf, theirsToMine, diffOld, diffNew, diffLine, diffMore, lineKinds } = texts.rules.save;
  const lines = hunks.flatMap((hunk, n) => hunk.map((line, i) => ({ ...line, begins: i === 0 && n > 0 })));
  if (lines.length === 0) return null;
  return (
    <details open class="diff" data-testid="line-diff">
      <summary>{isTheirs ? theirsToMine(file) : diffOf(file)}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="diff-lines" tabIndex={0} aria-label={diffOf(file)}>
        <table>
          <thead class="visually-hidden">
            <tr>
              <th scope="col">{diffOld}</th>
              <th scope="col">{diffNew}</th>
              <th scope="col">{diffLine}</th>
            </tr>
          </thead>
          <tbody>
            {lines.slice(0, LINES_MAX).map(({ kind, text, before: old, after: own, begins }) => (
              <tr key={`${old} ${own}`} class={`diff-${kind}${begins ? ' diff-begins' : ''}`} data-kind={kind}>
                <td class="number">{old}</td>
                <td class="number">{own}</td>
                <td>
                  <span aria-hidden="true">{SIGNS[kind]} </span>
                  {kind !== 'same' && <span class="visually-hidden">{lineKinds[kind]}: </span>}
                  <code dir="auto">{text}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {lines.length > LINES_MAX && <p class="hint">{diffMore(lines.length - LINES_MAX)}</p>}
    </details>
  );
}
