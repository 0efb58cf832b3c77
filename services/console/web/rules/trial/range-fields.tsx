// Over which time it is tried: one of three words, or two moments.

import { useSignal } from '@preact/signals';
import { currentTime } from '../../state/clock.ts';
import { texts } from '../../texts.ts';
import { formatField } from '../../values/format.ts';
import { ownRange, RANGE_NAMES, type RangeName, rangeAt } from '../range.ts';
import { tryOut } from '../runs.ts';
import type { Work } from '../work.ts';

export function RangeFields({ work }: { readonly work: Work }) {
  const { range } = work;
  const { ranges, range: legend } = texts.rules.trial;
  const choose = (is: RangeName) => {
    range.value = { is };
    tryOut(work);
  };
  return (
    <>
      <fieldset class="ranges">
        <legend class="visually-hidden">{legend}</legend>
        {RANGE_NAMES.map((name) => (
          <button
            key={name}
            type="button"
            class="quiet"
            data-testid={`range-${name}`}
            aria-pressed={range.value.is === name}
            onClick={() => choose(name)}
          >
            {ranges[name]}
          </button>
        ))}
        <button
          type="button"
          class="quiet"
          data-testid="range-own"
          aria-pressed={range.value.is === 'own'}
          onClick={() => {
            const { from, to } = rangeAt(range.value, Math.floor(currentTime() / 1_000) * 1_000);
            range.value = { is: 'own', from, to };
          }}
        >
          {ranges.own}
        </button>
      </fieldset>
      {range.value.is === 'own' && <OwnRange work={work} from={range.value.from} to={range.value.to} />}
    </>
  );
}

type OwnRangeProps = { readonly work: Work; readonly from: number; readonly to: number };

function OwnRange({ work, from, to }: OwnRangeProps) {
  const problem = useSignal('');
  const { from: fromWord, to: toWord, badRange } = texts.rules.trial;
  const take = (form: HTMLFormElement) => {
    const moment = (name: string) => new Date(String(new FormData(form).get(name))).getTime();
    const own = ownRange(moment('from'), moment('to'));
    problem.value = own === undefined ? badRange : '';
    if (own === undefined) return;
    work.range.value = own;
    tryOut(work);
  };
  return (
    <form
      class="own-range"
      onChange={(event) => take(event.currentTarget)}
      onSubmit={(event) => event.preventDefault()}
    >
      <label>
        {fromWord}{' '}
        <input
          type="datetime-local"
          step="1"
          name="from"
          data-testid="range-from"
          value={formatField(from, 'second')}
        />
      </label>
      <label>
        {toWord}{' '}
        <input type="datetime-local" step="1" name="to" data-testid="range-to" value={formatField(to, 'second')} />
      </label>
      <p class="problem" role="alert">
        {problem.value}
      </p>
    </form>
  );
}
