// Where the plot of one input hangs: as wide as its place, opened anew in the colours of day or night.

import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { NotLoaded } from '../../parts/not-loaded.tsx';
import { coloursChanged } from '../../state/look.ts';
import type { InputPlot, Pictured } from './input-plot.ts';

export type PlotPlaceProps = {
  readonly pictured: Pictured;
  readonly onPoint: (bucket: number | null) => void;
};

export function PlotPlace({ pictured, onPoint }: PlotPlaceProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useSignal<InputPlot | null>(null);
  const isFailed = useSignal(false);
  const tries = useSignal(0);
  const newest = useRef(pictured);
  newest.current = pictured;

  useSignalEffect(() => {
    coloursChanged.value; // other colours are another plot
    tries.value;
    const root = place.current;
    if (root === null) return;
    let isGone = false;
    let opened: InputPlot | undefined;
    const observer = new ResizeObserver(() => opened?.resize(root.clientWidth));
    isFailed.value = false;
    const open = ({ openInputPlot }: typeof import('./input-plot.ts')) => {
      if (isGone) return;
      opened = openInputPlot(root, newest.current, onPoint);
      observer.observe(root);
      plot.value = opened;
    };
    const fail = () => {
      if (!isGone) isFailed.value = true;
    };
    void import('./input-plot.ts').then(open, fail);
    return () => {
      isGone = true;
      observer.disconnect();
      opened?.close();
    };
  });

  useEffect(() => plot.value?.draw(pictured), [plot.value, pictured]);

  return (
    <>
      <div ref={place} class="input-plot" aria-hidden="true" />
      {isFailed.value && <NotLoaded onRetry={() => tries.value++} />}
    </>
  );
}
