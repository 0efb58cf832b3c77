// Where the plot of one input hangs: as wide as its place, opened anew in the colours of day or night.

import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { InputPlot, Pictured } from './input-plot.ts';

const NIGHT = '(prefers-color-scheme: dark)';

export type PlotPlaceProps = {
  readonly pictured: Pictured;
  readonly onPoint: (bucket: number | null) => void;
};

export function PlotPlace({ pictured, onPoint }: PlotPlaceProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useSignal<InputPlot | null>(null);
  const scheme = useSignal(0);
  const newest = useRef(pictured);
  newest.current = pictured;

  useEffect(() => {
    const media = matchMedia(NIGHT);
    const onChange = () => {
      scheme.value++;
    };
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, [scheme]);

  useSignalEffect(() => {
    scheme.value; // another scheme is another set of colours
    const root = place.current;
    if (root === null) return;
    let isGone = false;
    let opened: InputPlot | undefined;
    const observer = new ResizeObserver(() => opened?.resize(root.clientWidth));
    void import('./input-plot.ts').then(({ openInputPlot }) => {
      if (isGone) return;
      opened = openInputPlot(root, newest.current, onPoint);
      observer.observe(root);
      plot.value = opened;
    });
    return () => {
      isGone = true;
      observer.disconnect();
      opened?.close();
    };
  });

  useEffect(() => plot.value?.draw(pictured), [plot.value, pictured]);

  return <div ref={place} class="input-plot" aria-hidden="true" />;
}
