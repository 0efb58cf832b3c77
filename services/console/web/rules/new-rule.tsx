import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { PRIORITIES, type Priority } from '#domain/alarm.ts';
import { parseDuration } from '#domain/duration.ts';
import { isMetricName, isName, METRIC_HINT, NAME_HINT } from '#domain/name.ts';
import type { RuleWish } from '#rules/authoring/rule-wish.ts';
import { values } from '../state/live.ts';
import { goTo, hrefOf } from '../state/route.ts';
import { mayEditRulesNow } from '../state/session.ts';
import { PRIORITY_WORDS, texts } from '../texts.ts';
import { newRuleTexts } from './new-rule-texts.ts';
import { readRules, rowOf } from './rules-view.ts';
import { knownWork, openWork } from './work.ts';

/** What needs no answer of an operator yet: the others are errors without one. */
const PRIORITIES_OFFERED = PRIORITIES.filter((priority) => priority === 'medium' || priority === 'low');
/** As many metrics as a list of suggestions can be searched in. */
const METRICS_MAX = 500;

export function NewRule() {
  const problem = useSignal('');
  useEffect(() => void readRules(), []);
  if (!mayEditRulesNow()) return <p class="panel">{texts.rules.editor.readOnly}</p>;
  const { make } = texts.rules;
  const metrics = new Map([...values.value.values()].map(({ metric, unit }) => [metric, unit]));
  const begin = (form: HTMLFormElement) => {
    const wish = wishOf(new FormData(form), metrics);
    problem.value = typeof wish === 'string' ? wish : '';
    if (typeof wish === 'string') return;
    const file = `${wish.id}.json`;
    const work = openWork(file, null);
    const { text, test } = newRuleTexts(wish);
    work.text.value = text;
    work.test.value = test;
    goTo(hrefOf('rules', [file]));
  };
  return (
    <section class="panel new-rule" aria-labelledby="new-rule-heading">
      <h2 id="new-rule-heading">{make.heading}</h2>
      <p>{make.intro}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          begin(event.currentTarget);
        }}
      >
        <Field name="id" label={make.id} hint={make.idHint} />
        <Field name="metric" label={make.metric} list="new-rule-metrics" />
        <datalist id="new-rule-metrics">
          {[...metrics.keys()].slice(0, METRICS_MAX).map((metric) => (
            <option key={metric} value={metric} />
          ))}
        </datalist>
        <label>
          {make.kind}
          <select name="kind">
            <option value="above">{make.kinds.above}</option>
            <option value="below">{make.kinds.below}</option>
          </select>
        </label>
        <Field name="limit" label={make.limit} inputMode="decimal" />
        <Field name="deadband" label={make.deadband} inputMode="decimal" />
        <Field name="onDelay" label={make.onDelay} value="20s" />
        <label>
          {make.priority}
          <select name="priority">
            {PRIORITIES_OFFERED.map((priority) => (
              <option key={priority} value={priority}>
                {PRIORITY_WORDS[priority]}
              </option>
            ))}
          </select>
        </label>
        <p class="problem" role="alert">
          {problem.value}
        </p>
        <div class="buttons">
          <button type="submit" data-testid="new-rule-begin">
            {make.submit}
          </button>
          <a class="button quiet" href={hrefOf('rules')}>
            {make.cancel}
          </a>
        </div>
      </form>
    </section>
  );
}

type FieldProps = {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly list?: string;
  readonly inputMode?: 'decimal';
  readonly value?: string;
};

function Field({ name, label, hint, list, inputMode, value }: FieldProps) {
  return (
    <label>
      {label}
      <input
        type="text"
        name={name}
        data-testid={`new-rule-${name}`}
        required
        maxLength={128}
        autocomplete="off"
        {...(hint === undefined ? {} : { placeholder: hint })}
        {...(list === undefined ? {} : { list })}
        {...(inputMode === undefined ? {} : { inputMode })}
        {...(value === undefined ? {} : { defaultValue: value })}
      />
    </label>
  );
}

/** What somebody wants, or a sentence on what is wrong with it. */
function wishOf(form: FormData, metrics: ReadonlyMap<string, string | null>): RuleWish | string {
  const { make } = texts.rules;
  const field = (name: string) => String(form.get(name) ?? '').trim();
  const [id, metric, onDelay] = [field('id'), field('metric'), field('onDelay')];
  const [limit, deadband] = [Number(field('limit')), Number(field('deadband'))];
  if (!isName(id) || id.includes('..') || id.endsWith('.no-data')) return make.badId(NAME_HINT);
  if (rowOf(`${id}.json`) !== undefined || knownWork(`${id}.json`) !== undefined) return make.taken(`${id}.json`);
  if (!isMetricName(metric)) return make.badMetric(METRIC_HINT);
  if (field('limit') === '' || !Number.isFinite(limit)) return make.badLimit;
  if (!(deadband > 0)) return make.badDeadband;
  if (parseDuration(onDelay) === undefined) return make.badDelay;
  const unit = metrics.get(metric) ?? undefined;
  return {
    ...{ id, metric, deadband, onDelay, unit },
    offDelay: '0s',
    wanted: { kind: field('kind') === 'below' ? 'below' : 'above', limit },
    priority: field('priority') as Priority,
  };
}
