// Which stretch of time is shown: a length that goes on with the clock, or from when to when; nearer, farther, earlier, later.

import { currentTime } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatField } from '../values/format.ts';
import { between, CHOICES, type Move, panned, rangeOf, type Span, zoomed } from './span.ts';

export type SpanBarProps = { readonly span: Span; readonly move: Move };

type Step = { readonly name: string; readonly label: string; readonly sign: string; readonly to: Parameters<Move>[0] };

const { earlier, later, nearer, farther } = texts.trend;
const STEPS: readonly Step[] = [
  { name: 'earlier', label: earlier, sign: '◀', to: (span, now) => panned(span, -0.5, now) },
  { name: 'later', label: later, sign: '▶', to: (span, now) => panned(span, 0.5, now) },
  { name: 'nearer', label: nearer, sign: '+', to: (span, now) => zoomed(span, { factor: 0.5 }, now) },
  { name: 'farther', label: farther, sign: '−', to: (span, now) => zoomed(span, { factor: 2 }, now) },
];

export function SpanBar({ span, move }: SpanBarProps) {
  const { live, fixed, ranges, lengths } = texts.trend;
  return (
    <div class="span-bar">
      <fieldset class="ranges">
        <legend class="visually-hidden">{ranges}</legend>
        {CHOICES.map(({ name, ms }) => (
          <button
            key={name}
            type="button"
            class="quiet"
            data-testid="range-button"
            aria-pressed={span.kind === 'live' && span.ms === ms}
            onClick={() => move(() => ({ kind: 'live', ms }))}
          >
            {lengths[name]}
          </button>
        ))}
      </fieldset>
      <div class="ranges">
        {STEPS.map(({ name, label, sign, to }) => (
          <button
            key={name}
            type="button"
            class="quiet"
            data-testid={`span-${name}`}
            aria-label={label}
            title={label}
            onClick={() => move(to)}
          >
            <span aria-hidden="true">{sign}</span>
          </button>
        ))}
      </div>
      <output class="hint" data-testid="span-state">
        {span.kind === 'live' ? live : fixed}
      </output>
      {span.kind === 'fixed' && (
        <button
          type="button"
          class="quiet"
          data-testid="span-live"
          onClick={() => move(() => ({ kind: 'live', ms: span.to - span.from }))}
        >
          {texts.trend.goLive}
        </button>
      )}
      <Moments span={span} move={move} />
    </div>
  );
}

function Moments({ span, move }: SpanBarProps) {
  const { from, to } = rangeOf(span, currentTime());
  const { choose, from: fromText, to: toText, apply } = texts.trend;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    // A moment without a zone is one of the viewer's own.
    const [one, other] = ['from', 'to'].map((name) => Date.parse(String(form.get(name))));
    if (Number.isFinite(one) && Number.isFinite(other)) move((_, now) => between(one ?? 0, other ?? 0, now));
  };
  return (
    <details class="moments">
      <summary>{choose}</summary>
      <form onSubmit={submit} key={span.kind === 'fixed' ? `${from} ${to}` : 'live'}>
        <label>
          {fromText}{' '}
          <input type="datetime-local" name="from" step="1" required defaultValue={formatField(from, 'second')} />
        </label>
        <label>
          {toText} <input type="datetime-local" name="to" step="1" required defaultValue={formatField(to, 'second')} />
        </label>
        <button type="submit">{apply}</button>
      </form>
    </details>
  );
}
