// When alarms were active: a strip for each of them, by which its page is reached.

import { PRIORITIES } from '#domain/alarm.ts';
import { alarmKey } from '#domain/topic.ts';
import type { AlarmBand } from '../../api/history.ts';
import { groupBy } from '../parts/group-by.ts';
import { currentTime } from '../state/clock.ts';
import { hrefOf } from '../state/route.ts';
import { PRIORITY_WORDS, texts } from '../texts.ts';
import { formatMoment } from '../values/format.ts';
import type { PlotBox } from './chart.ts';
import { Lane, type Stretch } from './lane.tsx';
import type { Range } from './span.ts';

/** The newest; more alarms than these are for their own page. */
const LANES_MAX = 12;
/** Of one alarm that comes and goes. */
const STRETCHES_MAX = 100;
const WORDS_MAX = 300;

export type AlarmLanesProps = {
  readonly alarms: readonly AlarmBand[];
  readonly range: Range;
  readonly box: PlotBox | null;
};

export function AlarmLanes({ alarms, range, box }: AlarmLanesProps) {
  const byAlarm = [...groupBy(alarms, alarmKey)];
  const shown = byAlarm.slice(-LANES_MAX);
  const hidden = byAlarm.length - shown.length;
  return (
    <>
      {shown.map(([key, bands]) => (
        <Lane
          key={key}
          testId="alarm-lane"
          title={<Title bands={bands} />}
          stretches={bands.slice(-STRETCHES_MAX).map((band) => stretchOf(band, range.to))}
          range={range}
          box={box}
        />
      ))}
      {hidden > 0 && <p class="hint">{texts.trend.hiddenAlarms(hidden)}</p>}
    </>
  );
}

function Title({ bands }: { readonly bands: readonly AlarmBand[] }) {
  const [first] = bands;
  if (first === undefined) return null;
  const { site, area, rule, instance } = first;
  return (
    <>
      {texts.trend.alarm}{' '}
      <a href={hrefOf('alarms', [site, area, rule, instance])}>
        <bdi>
          {rule} · {instance}
        </bdi>
      </a>
    </>
  );
}

function stretchOf({ site, area, rule, instance, from, to, priority, summary }: AlarmBand, end: number): Stretch {
  const now = currentTime();
  const known = PRIORITIES.find((each) => each === priority);
  const words = `${known === undefined ? priority : PRIORITY_WORDS[known]}: ${summary}`.slice(0, WORDS_MAX);
  const until = to === null ? texts.trend.stillActive : formatMoment(to, now);
  return {
    ...{ from, to: to ?? end, words, look: 'alarm-stretch', href: hrefOf('alarms', [site, area, rule, instance]) },
    whole: texts.trend.stretch(words, formatMoment(from, now), until),
  };
}
