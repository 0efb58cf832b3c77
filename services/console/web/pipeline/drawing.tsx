// The way of a point, drawn. A picture for the eye: the tables below say the same in words, so a screen reader is told that.

import { signal } from '@preact/signals';
import type { NumberId } from '../../api/pipeline.ts';
import { texts } from '../texts.ts';
import { flowName, type LabelPlace, type Plan, TALL, WIDE } from './drawing-plan.ts';
import { numberText } from './number-text.ts';
import { type Known, type Reading, together } from './reading.ts';
import { FLOWS, type Flow, isAbnormal, STATIONS, type Station, type StationHealth } from './stations.ts';

/** Below it letters of the wide drawing would be too small to read. */
const narrow = matchMedia('(max-width: 1000px)');
const isNarrow = signal(narrow.matches);
narrow.addEventListener('change', () => {
  isNarrow.value = narrow.matches;
});

export type DrawingProps = {
  readonly readings: readonly Reading[];
  readonly healthAt: (station: Station) => StationHealth | undefined;
  /** What stands below the name of a station that is no service. */
  readonly noteAt: (station: Station) => string;
};

export function Drawing({ readings, healthAt, noteAt }: DrawingProps) {
  const plan = isNarrow.value ? TALL : WIDE;
  return (
    <svg
      class={`drawing ${isNarrow.value ? 'tall' : 'wide'}`}
      data-testid="pipeline-drawing"
      viewBox={`0 0 ${plan.width} ${plan.height}`}
      role="img"
      aria-label={texts.pipeline.drawing}
    >
      <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
        <path class="head" d="M0 0L8 4L0 8Z" />
      </marker>
      {FLOWS.map((flow) => (
        <Line key={flowName(flow)} flow={flow} plan={plan} readings={readings} />
      ))}
      {STATIONS.map((station) => (
        <Box key={station} station={station} plan={plan} health={healthAt(station)} note={noteAt(station)} />
      ))}
    </svg>
  );
}

type LineProps = { readonly flow: Flow; readonly plan: Plan; readonly readings: readonly Reading[] };

function Line({ flow, plan, readings }: LineProps) {
  const { path, labels } = plan.flows[flowName(flow)];
  return (
    <g data-testid="flow" data-flow={flowName(flow)}>
      <path class="line" d={path} marker-end="url(#arrow)" />
      {flow.numbers.map((id, i) => {
        const at = labels[i];
        return at && <Label key={id} id={id} at={at} plan={plan} value={together(readings, id)} />;
      })}
    </g>
  );
}

type LabelProps = {
  readonly id: NumberId;
  readonly at: LabelPlace;
  readonly plan: Plan;
  readonly value: Known;
};

function Label({ id, at: { x, y, anchor }, plan, value }: LabelProps) {
  const isApart = plan.labelLines === 2;
  return (
    <text
      class={`label ${typeof value === 'number' ? '' : 'missing'}`}
      x={x}
      y={y}
      text-anchor={anchor}
      data-number={id}
    >
      <tspan class="value">{numberText(id, value)}</tspan>
      {isApart ? (
        <tspan x={x} dy={plan.lineHeight}>
          {texts.pipeline.numbers[id].short}
        </tspan>
      ) : (
        ` ${texts.pipeline.numbers[id].short}`
      )}
    </text>
  );
}

type BoxProps = {
  readonly station: Station;
  readonly plan: Plan;
  readonly health: StationHealth | undefined;
  readonly note: string;
};

function Box({ station, plan, health, note }: BoxProps) {
  const { x, y } = plan.places[station];
  const { width, height } = plan.box;
  const state = health?.state ?? 'none';
  const word = health === undefined ? note : texts.pipeline.stateOf(health);
  const mark = health !== undefined && isAbnormal(health.state) ? '✕ ' : '';
  return (
    <g class={`station ${state}`} data-testid="station" data-station={station} data-state={state}>
      <rect x={x} y={y} width={width} height={height} rx="3" />
      <text class="name" x={x + width / 2} y={y + height / 2 - 5} text-anchor="middle">
        {texts.pipeline.stations[station]}
      </text>
      <text class="state-word" x={x + width / 2} y={y + height / 2 + 15} text-anchor="middle">
        {mark}
        {word}
      </text>
    </g>
  );
}
