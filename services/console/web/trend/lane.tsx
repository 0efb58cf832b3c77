// A strip of stretches in the time of the picture above it, each with its words.

import type { ComponentChildren } from 'preact';
import type { PlotBox } from './chart.ts';
import type { Range } from './span.ts';

export type Stretch = {
  readonly from: number;
  readonly to: number;
  /** Which of the looks in the stylesheet. */
  readonly look: string;
  readonly words: string;
  /** All of it, for the pointer and for a screen reader. */
  readonly whole: string;
  readonly href?: string;
};

/** A stretch that is hatched over what it says. */
export type Hatched = { readonly from: number; readonly to: number; readonly quality: 'uncertain' | 'bad' };

export type LaneProps = {
  readonly title: ComponentChildren;
  readonly stretches: readonly Stretch[];
  readonly hatched?: readonly Hatched[];
  readonly range: Range;
  readonly box: PlotBox | null;
  readonly testId: string;
};

export function Lane({ title, stretches, hatched = [], range, box, testId }: LaneProps) {
  const style = box === null ? {} : { marginLeft: `${box.left}px`, width: `${box.width}px` };
  return (
    <div class="lane" data-testid={testId}>
      <p class="lane-title">{title}</p>
      <ol style={style}>
        {stretches.map((stretch) => (
          <li
            key={`${stretch.from} ${stretch.whole}`}
            class={`stretch ${stretch.look}`}
            style={placeOf(stretch, range)}
            title={stretch.whole}
            data-from={stretch.from}
            data-to={stretch.to}
            data-words={stretch.words}
          >
            {stretch.href === undefined ? (
              <>
                <bdi aria-hidden="true">{stretch.words}</bdi>
                <span class="visually-hidden">{stretch.whole}</span>
              </>
            ) : (
              <a href={stretch.href} aria-label={stretch.whole}>
                <bdi>{stretch.words}</bdi>
              </a>
            )}
          </li>
        ))}
        {hatched.map((each) => (
          <li
            key={`hatched ${each.from} ${each.quality}`}
            class={`hatch-over ${each.quality}`}
            style={placeOf(each, range)}
            aria-hidden="true"
          />
        ))}
      </ol>
    </div>
  );
}

function placeOf({ from, to }: Pick<Stretch, 'from' | 'to'>, range: Range) {
  const part = (at: number) => Math.min(1, Math.max(0, (at - range.from) / (range.to - range.from)));
  return { left: `${part(from) * 100}%`, width: `${(part(to) - part(from)) * 100}%` };
}
