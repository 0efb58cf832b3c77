import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Trend } from '../../api/history.ts';
import type { ValueView } from '../../api/live.ts';
import { type Answer, call } from '../state/api.ts';
import { currentTime } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatValue } from '../values/format.ts';
import { Canvas } from './canvas.tsx';
import { chosen, RANGES, type Range, range } from './chosen.ts';
import { extentOf, type Lines, linesOf } from './gaps.ts';

const BUCKETS = 300;

export function TrendPanel() {
  const series = chosen.value;
  const { heading, none } = texts.trend;
  return (
    <section class="panel" aria-labelledby="trend-heading" data-testid="trend" data-series={series?.metric ?? ''}>
      <div class="panel-head">
        <h2 id="trend-heading">{heading}</h2>
        {series !== null && (
          <bdi class="topic">
            {series.device} · {series.metric}
          </bdi>
        )}
        <RangeChoice />
      </div>
      {series === null ? (
        <p class="empty">{none}</p>
      ) : (
        <Picture key={`${series.id} ${range.value.name}`} series={series} range={range.value} />
      )}
    </section>
  );
}

function RangeChoice() {
  return (
    <fieldset class="ranges">
      <legend class="visually-hidden">{texts.trend.ranges}</legend>
      {RANGES.map((each) => (
        <button
          key={each.name}
          type="button"
          class="quiet"
          aria-pressed={each === range.value}
          onClick={() => {
            range.value = each;
          }}
        >
          {each.name}
        </button>
      ))}
    </fieldset>
  );
}

type Drawn = { readonly lines: Lines; readonly from: number; readonly to: number; readonly unit: string | null };

function Picture({ series, range }: { readonly series: ValueView; readonly range: Range }) {
  const drawn = useSignal<Drawn | null>(null);
  const problem = useSignal<string | null>(null);
  useEffect(() => {
    let isGone = false;
    const refresh = async () => {
      const answer = await readTrend(series, range);
      if (isGone) return;
      problem.value = answer.ok ? null : texts.trend.failed(answer.why);
      if (answer.ok) drawn.value = { ...answer.body, lines: linesOf(answer.body) };
    };
    void refresh();
    const timer = setInterval(() => void refresh(), range.refreshMs);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [series, range, drawn, problem]);
  return (
    <>
      <p class="problem" role="alert">
        {problem.value}
      </p>
      {drawn.value !== null && <Figure series={series} range={range} drawn={drawn.value} />}
    </>
  );
}

function Figure({
  series,
  range,
  drawn,
}: {
  readonly series: ValueView;
  readonly range: Range;
  readonly drawn: Drawn;
}) {
  const { lines, from, to, unit } = drawn;
  const extent = extentOf(lines);
  if (extent === undefined) return <p class="empty">{texts.trend.empty}</p>;
  const [low, high, last] = [extent.low, extent.high, extent.last].map((value) => formatValue(value, unit));
  return (
    <figure>
      <figcaption>
        <span class="visually-hidden">{texts.trend.label(`${series.device} ${series.metric}`, range.name)}: </span>
        {texts.trend.summary(low ?? '', high ?? '', last ?? '')}
      </figcaption>
      <Canvas lines={lines} from={from} to={to} unit={unit} />
    </figure>
  );
}

function readTrend({ site, area, device, metric }: ValueView, { ms }: Range): Promise<Answer<Trend>> {
  const to = currentTime();
  const query = { site, area, device, metric, from: String(to - ms), to: String(to), points: String(BUCKETS) };
  return call<Trend>('GET', `api/trend?${new URLSearchParams(query)}`);
}
