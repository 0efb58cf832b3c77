// Where the picture hangs: opened for a set of lines, kept as wide as its place, redrawn in the colours of day or night.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
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
  const newest = useRef({ picture, events });
  newest.current = { picture, events };
  // Other lines, axes or colours are another chart.
  const kind = JSON.stringify([
    axes,
    picture.drawn.map(({ label, look, scale }) => [label, look, scale]),
    coloursChanged.value,
  ]);
  // `kind` is all of it that matters
  useEffect(() => {
    const root = place.current;
    if (root === null) return;
    let isGone = false;
    let opened: Chart | undefined;
    const observer = new ResizeObserver(() => opened?.resize(root.clientWidth));
    void import('./chart.ts').then(({ openChart }) => {
      if (isGone) return;
      opened = openChart(
        root,
        axes,
        newest.current.picture,
        forwarded(() => newest.current.events),
      );
      observer.observe(root);
      chart.value = opened;
    });
    return () => {
      isGone = true;
      observer.disconnect();
      opened?.close();
      chart.value = null;
    };
  }, [kind]);

  useEffect(() => {
    chart.value?.draw(picture);
  }, [chart.value, picture]);

  return <div ref={place} class="chart" aria-hidden="true" />;
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
