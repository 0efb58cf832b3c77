// Where the picture hangs: opened with the series, kept as wide as its place, redrawn in the colours of day or night.

import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { coloursChanged } from '../state/look.ts';
import type { Chart } from './chart.ts';
import type { Lines } from './gaps.ts';

export type CanvasProps = {
  readonly lines: Lines;
  readonly from: number;
  readonly to: number;
  readonly unit: string | null;
};

export function Canvas({ lines, from, to, unit }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useSignal<Chart | null>(null);

  useSignalEffect(() => {
    coloursChanged.value; // read: other colours are another picture
    const root = place.current;
    if (root === null) return;
    let isGone = false;
    let opened: Chart | undefined;
    const observer = new ResizeObserver(() => opened?.resize(root.clientWidth));
    void import('./chart.ts').then(({ openChart }) => {
      if (isGone) return;
      opened = openChart(root, unit);
      observer.observe(root);
      chart.value = opened;
    });
    return () => {
      isGone = true;
      observer.disconnect();
      opened?.close();
    };
  });

  useEffect(() => {
    chart.value?.draw(lines, from, to);
  }, [chart.value, lines, from, to]);

  return <div ref={place} class="chart" aria-hidden="true" />;
}
