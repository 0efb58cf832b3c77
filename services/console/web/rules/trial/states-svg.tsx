// When it would have been in which state: a lane for each text, and the same times shaded behind the plots. Each state has a pattern of
// its own and bears its word where there is room; colour only repeats the priority.

import type { Span, StateSpan } from '../../../api/rules.ts';
import { now } from '../../state/clock.ts';
import { PRIORITY_WORDS, texts } from '../../texts.ts';
import { formatMoment } from '../../values/format.ts';
import { AXIS_HEIGHT, INSET, PLOT_HEIGHT } from './inset.ts';
import { type Frame, fits, type Shape, type ShapeState, shapesOf } from './lanes.ts';

const LANE_HEIGHT = 22;

const PATTERNED = ['PENDING', 'GATHERING', 'ACKED', 'RTNUN', 'LATCH'] as const satisfies readonly ShapeState[];

const INK: { readonly [state in (typeof PATTERNED)[number]]: string } = {
  PENDING: 'M2 2h1.6v1.6H2z',
  GATHERING: 'M2 2h1.6v1.6H2z',
  ACKED: 'M2 0V8M6 0V8',
  RTNUN: 'M-2 2 2-2M0 8 8 0M6 10 10 6',
  LATCH: 'M0 0 8 8M8 0 0 8',
};

/** Once for all drawings of the page: they name the patterns by their ids. */
export function Patterns() {
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      <defs>
        {PATTERNED.map((state) => (
          <pattern key={state} id={`pattern-${state}`} width="8" height="8" patternUnits="userSpaceOnUse">
            <path class={state === 'PENDING' || state === 'GATHERING' ? 'dot' : 'hatch'} d={INK[state]} />
          </pattern>
        ))}
      </defs>
    </svg>
  );
}

const fillOf = (state: ShapeState): string | undefined => (state === 'UNACK' ? undefined : `url(#pattern-${state})`);

export type LaneProps = {
  readonly name: string;
  readonly spans: readonly StateSpan[];
  /** Evidence that the states hide. */
  readonly gathering: readonly Span[];
  readonly frame: Frame;
};

export function Lane({ name, spans, gathering, frame }: LaneProps) {
  return (
    <svg
      class="lane"
      width={frame.width}
      height={LANE_HEIGHT}
      role="img"
      aria-label={`${texts.rules.trial.lanes.label}: ${name}`}
      data-testid="lane"
    >
      <rect class="lane-ground" width={frame.width} height={LANE_HEIGHT} />
      {shapesOf(spans, frame).map((shape) => (
        <LaneShape key={`${shape.from}`} shape={shape} />
      ))}
      {shapesOf(gathering, frame).map(({ from, x, width }) => (
        <rect
          key={`gathering ${from}`}
          class="gathering"
          {...{ x, width }}
          y={LANE_HEIGHT - 4}
          height={4}
          fill={fillOf('GATHERING')}
        />
      ))}
    </svg>
  );
}

function LaneShape({ shape }: { readonly shape: Shape }) {
  const { state, priority, x, width, from, to, count } = shape;
  const { states, shape: one, shapes } = texts.rules.trial;
  const long = priority === null ? states[state] : `${states[state]} · ${PRIORITY_WORDS[priority].toLowerCase()}`;
  const word = [long, states[state]].find((each) => fits(each, shape));
  const [begins, ends] = [formatMoment(from, now.peek()), formatMoment(to, now.peek())];
  return (
    <g class={`shape shape-${state.toLowerCase()}`} data-state={state} data-from={from} data-to={to}>
      <title>{count === 1 ? one(long, begins, ends) : shapes(count, long, begins, ends)}</title>
      <rect class="shape-ground" {...{ x, width }} y={1} height={LANE_HEIGHT - 2} />
      {state !== 'UNACK' && <rect {...{ x, width }} y={1} height={LANE_HEIGHT - 2} fill={fillOf(state)} />}
      {word !== undefined && (
        <text x={x + width / 2} y={LANE_HEIGHT / 2 + 4} text-anchor="middle">
          {word}
        </text>
      )}
    </g>
  );
}

/** Behind the line of an input. */
export function Shading({ spans, frame }: Pick<LaneProps, 'spans' | 'frame'>) {
  return (
    <svg class="shading" width={frame.width} height={PLOT_HEIGHT - AXIS_HEIGHT - INSET.top} aria-hidden="true">
      {shapesOf(spans, frame).map(({ state, x, width, from }) => (
        <g key={from} class={`shade shade-${state.toLowerCase()}`}>
          <rect class="shade-ground" {...{ x, width }} height="100%" />
          {state !== 'UNACK' && <rect class="shade-pattern" {...{ x, width }} height="100%" fill={fillOf(state)} />}
        </g>
      ))}
    </svg>
  );
}

export function StateLegend({ states }: { readonly states: readonly ShapeState[] }) {
  return (
    <ul class="state-legend">
      {states.map((state) => (
        <li key={state}>
          <svg width="26" height="14" aria-hidden="true" class={`shape shape-${state.toLowerCase()}`}>
            <rect class="shape-ground" width="26" height="14" />
            {state !== 'UNACK' && <rect width="26" height="14" fill={fillOf(state)} />}
          </svg>{' '}
          {texts.rules.trial.states[state]}
        </li>
      ))}
    </ul>
  );
}
