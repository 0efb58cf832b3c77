// Switches and texts: what they said, from when to when.

import type { StateSpan, Trend, TrendSeries } from '../../api/history.ts';
import { currentTime } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatMoment, formatValue } from '../values/format.ts';
import type { PlotBox } from './chart.ts';
import { Lane, type Stretch } from './lane.tsx';

/** A person recognises a text by its beginning; the whole of it is in the export. */
const WORDS_MAX = 200;

export function StateLanes({ trend, box }: { readonly trend: Trend; readonly box: PlotBox | null }) {
  const { series, from, to } = trend;
  return (
    <>
      {series.map((each, i) =>
        each.states.length === 0 ? null : (
          <Lane
            key={i}
            testId="state-lane"
            title={<Title series={each} number={i + 1} />}
            stretches={stretchesOf(each.states)}
            hatched={each.quality}
            range={{ from, to }}
            box={box}
          />
        ),
      )}
    </>
  );
}

function Title({
  series: { device, metric, moreStates },
  number,
}: {
  readonly series: TrendSeries;
  readonly number: number;
}) {
  return (
    <>
      <b>{number}</b>{' '}
      <bdi>
        {device} · {metric}
      </bdi>
      {moreStates > 0 && <span class="hint"> {texts.trend.moreStates(moreStates)}</span>}
    </>
  );
}

function stretchesOf(states: readonly StateSpan[]): Stretch[] {
  const values = [...new Set(states.map(({ value }) => value))];
  const now = currentTime();
  return states.map(({ from, to, value }) => {
    const words = formatValue(value, null).slice(0, WORDS_MAX);
    const whole = texts.trend.stretch(words, formatMoment(from, now), formatMoment(to, now));
    const look = typeof value === 'boolean' ? `switch-${value ? 'on' : 'off'}` : `text-${values.indexOf(value) % 3}`;
    return { from, to, words, whole, look };
  });
}
