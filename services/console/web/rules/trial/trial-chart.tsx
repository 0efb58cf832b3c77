// The chart of one alarm: its inputs one below the other, their limits, and when it would have been in which state.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { BacktestView, InputSeries, InstanceChart } from '../../../api/rules.ts';
import { now } from '../../state/clock.ts';
import { texts } from '../../texts.ts';
import { formatMoment, formatUnit, formatValue } from '../../values/format.ts';
import { tryOut } from '../runs.ts';
import type { Work } from '../work.ts';
import { INSET } from './inset.ts';
import type { Frame, ShapeState } from './lanes.ts';
import { PlotPlace } from './plot-place.tsx';
import { Lane, Patterns, Shading, StateLegend } from './states-svg.tsx';

export function TrialChart({ work, view }: { readonly work: Work; readonly view: BacktestView }) {
  const { chart } = view;
  const [first] = chart.instances;
  const chosen = chart.instances.find(({ alarm }) => alarm === work.instance.value) ?? first;
  if (chosen === undefined) return <p class="empty">{texts.rules.trial.noSeries}</p>;
  return (
    <>
      <InstanceChoice work={work} view={view} chosen={chosen} />
      <Figure view={view} chosen={chosen} />
    </>
  );
}

type Chosen = { readonly view: BacktestView; readonly chosen: InstanceChart };

function InstanceChoice({ work, view, chosen }: Chosen & { readonly work: Work }) {
  const { instances, moreInstances } = view.chart;
  const { instance, more } = texts.rules.trial;
  return (
    <label class="inline">
      {instance}{' '}
      <select
        data-testid="instance"
        value={chosen.alarm}
        onChange={(event) => {
          work.instance.value = event.currentTarget.value;
          tryOut(work);
        }}
      >
        {instances.map((each) => (
          <option key={each.alarm} value={each.alarm}>
            {nameOf(each, instances)}
          </option>
        ))}
      </select>
      {moreInstances > 0 && <span class="hint"> {more(moreInstances)}</span>}
    </label>
  );
}

/** As short as it can be told from the others. */
function nameOf({ rule, area, instance }: InstanceChart, all: readonly InstanceChart[]): string {
  const areAreas = new Set(all.map((each) => each.area)).size > 1;
  const areRules = new Set(all.map((each) => each.rule)).size > 1;
  return [instance, ...(areAreas ? [area] : []), ...(areRules ? [rule] : [])].join(' · ');
}

function Figure({ view, chosen }: Chosen) {
  const place = useRef<HTMLElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    const root = place.current;
    if (root === null) return;
    const observer = new ResizeObserver(() => {
      width.value = root.clientWidth;
    });
    observer.observe(root);
    return () => observer.disconnect();
  }, [width]);
  const { from, to } = view.range;
  const frame: Frame = { from, to, width: Math.max(0, width.value - INSET.left - INSET.right) };
  const { lanes, figure, stateNote, noInputs, moreSeries } = texts.rules.trial;
  const series = view.chart.series.filter(({ alarm }) => alarm === chosen.alarm);
  return (
    <figure class="trial-figure" ref={place} data-testid="trial-chart" data-alarm={chosen.alarm}>
      <figcaption class="visually-hidden">{figure(chosen.instance)}</figcaption>
      <Patterns />
      <div class="lane-row">
        <span class="lane-name">{lanes.text}</span>
        <Lane name={lanes.text} spans={chosen.states} gathering={chosen.gathering} frame={frame} />
      </div>
      {chosen.savedStates !== null && (
        <div class="lane-row">
          <span class="lane-name">{lanes.saved}</span>
          <Lane name={lanes.saved} spans={chosen.savedStates} gathering={[]} frame={frame} />
        </div>
      )}
      <div class="plots">
        {series.length === 0 && <p class="empty">{noInputs}</p>}
        {series.map((each) => (
          <Input key={`${each.alarm} ${each.input} ${each.device}`} series={each} {...{ view, chosen, frame }} />
        ))}
      </div>
      {view.chart.moreSeries > 0 && <p class="hint">{moreSeries(view.chart.moreSeries)}</p>}
      <StateLegend states={statesIn(chosen)} />
      <p class="hint">{stateNote}</p>
    </figure>
  );
}

function Input({ series, view, chosen, frame }: Chosen & { readonly series: InputSeries; readonly frame: Frame }) {
  const { input, metric, device, unit, made } = series;
  const bucket = useSignal<number | null>(null);
  const { input: name } = texts.rules.trial;
  const pictured = useMemo(
    () => ({ series, limits: view.chart.limits.filter((limit) => limit.input === input), ...view.range }),
    [series, view, input],
  );
  const words = [name(input, metric), device, made, formatUnit(unit)].filter((each) => each !== null && each !== '');
  return (
    <div class="input">
      <p class="input-name">
        <bdi>{words.join(', ')}</bdi> <Reading series={series} bucket={bucket.value} />
      </p>
      <div class="plot">
        <Shading spans={chosen.states} frame={frame} />
        <PlotPlace
          pictured={pictured}
          onPoint={(index) => {
            bucket.value = index;
          }}
        />
      </div>
    </div>
  );
}

/** What is under the pointer. */
function Reading({ series, bucket }: { readonly series: InputSeries; readonly bucket: number | null }) {
  const at = bucket === null ? undefined : series.at[bucket];
  if (bucket === null || at === undefined) return null;
  const value = series.mean[bucket] ?? null;
  return (
    <span class="reading">
      {formatMoment(at, now.peek())}: {value === null ? texts.values.none : formatValue(value, series.unit)}
    </span>
  );
}

const ORDER: readonly ShapeState[] = ['GATHERING', 'PENDING', 'UNACK', 'ACKED', 'RTNUN', 'LATCH'];

function statesIn({ states, savedStates, gathering }: InstanceChart): ShapeState[] {
  const there = new Set<ShapeState>([...states, ...(savedStates ?? [])].map(({ state }) => state));
  if (gathering.length > 0) there.add('GATHERING');
  return ORDER.filter((state) => there.has(state));
}
