// Where the picture hangs: opened for a set of lines, kept as wide as its place, redrawn in the colours of day or night.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { NotLoaded } from '../parts/not-loaded.tsx';
import { coloursChanged } from '../state/look.ts';
import type { Axes } from './axes.ts';
import type { Chart, ChartEvents, Picture } from './chart.ts';

export type CanvasProps = {
  readonly axes: Axes;
  readonly picture: Picture;
  readonly events: ChartEvents;
};

export function Canvas({ axes, picture, events }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useSignal<Chart | null>(null);
  const isFailed = useSignal(false);
  const tries = useSignal(0);
  const newest = useRef({ picture, events });
  newest.current = { picture, events };
  // Other lines, axes or colours are another chart.
  const kind = JSON.stringify([
    axes,
    picture.drawn.map(({ label, look, scale }) => [label, look, scale]),
    coloursChanged.value,
  ]);
  // `kind` is all of it that matters, and that somebody tries again
  useEffect(() => {
    const root = place.current;
    if (root === null) return;
    let isGone = false;
    let opened: Chart | undefined;
    const observer = new ResizeObserver(() => opened?.resize(root.clientWidth));
    isFailed.value = false;
    const open = ({ openChart }: typeof import('./chart.ts')) => {
      if (isGone) return;
      opened = openChart(
        root,
        axes,
        newest.current.picture,
        forwarded(() => newest.current.events),
      );
      observer.observe(root);
      chart.value = opened;
    };
    const fail = () => {
      if (!isGone) isFailed.value = true;
    };
    void import('./chart.ts').then(open, fail);
    return () => {
      isGone = true;
      observer.disconnect();
      opened?.close();
      chart.value = null;
    };
  }, [kind, tries.value]);

  useEffect(() => {
    chart.value?.draw(picture);
  }, [chart.value, picture]);

  return (
    <>
      <div ref={place} class="chart" aria-hidden="true" />
      {isFailed.value && <NotLoaded onRetry={() => tries.value++} />}
    </>
  );
}

/** The events of the page as it is now: a chart lives longer than one drawing of it. */
function forwarded(events: () => ChartEvents): ChartEvents {
  return {
    onMarked: (from, to) => events().onMarked(from, to),
    onWheel: (factor, at) => events().onWheel(factor, at),
    onPoint: (row) => events().onPoint(row),
    onBox: (box) => events().onBox(box),
  };
}
