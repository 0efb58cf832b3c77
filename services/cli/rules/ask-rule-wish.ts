// The wizard of `rules new`: asks for what the flags have not said. The only file that imports @clack/prompts. What the
// answers mean, and whether they can be, is judged where the flags are.

import { cancel, intro, isCancel, select, text } from '@clack/prompts';
import { PRIORITIES } from '#domain/alarm.ts';
import { WISH_KINDS, type WishKind } from '#rules/authoring/rule-wish.ts';

/** A metric that a model promises. */
export type OfferedMetric = {
  readonly metric: string;
  readonly model: string;
  readonly unit: string | undefined;
  readonly type: 'number' | 'boolean' | 'text';
};

export type Offer = {
  readonly metrics: readonly OfferedMetric[];
  /** For the limit's metric, in its unit; undefined where none is usual. */
  readonly deadbandFor: (metric: string, model: string | undefined) => number | undefined;
};

/** Flags by their camel-case name, as the command line gives them. */
export type Answers = { readonly [flag: string]: string };

const KIND_LABELS: { readonly [kind in WishKind]: string } = {
  above: 'it is above a limit',
  below: 'it is below a limit',
  rising: 'it rises too fast',
  falling: 'it falls too fast',
  silent: 'it is not heard of any more',
  equals: 'it has a certain value (stopped, false, 3)',
};

const LIMIT_QUESTIONS: { readonly [kind in WishKind]: string } = {
  above: 'Above which value?',
  below: 'Below which value?',
  rising: 'By more than how much per minute?',
  falling: 'By more than how much per minute?',
  silent: 'After which time without a sample?',
  equals: 'Which value?',
};

class Cancelled extends Error {}

/** All answers, `given` first; undefined where the person gave up. */
export async function askRuleWish(given: Answers, offer: Offer): Promise<Answers | undefined> {
  intro('A new alarm rule');
  try {
    return await askAll({ ...given }, offer);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    cancel('Nothing was written.');
    return undefined;
  }
}

async function askAll(answers: { [flag: string]: string }, offer: Offer): Promise<Answers> {
  const ask = async (flag: string, question: () => Promise<string>) => {
    answers[flag] ??= await question();
    if (answers[flag] === '') delete answers[flag];
  };
  if (answers.metric === undefined) Object.assign(answers, await askMetric(offer));
  const kind =
    WISH_KINDS.find((each) => answers[each] !== undefined) ?? (await askKind(kindsFor(answers.metric ?? '', offer)));
  await ask(kind, () => asked(LIMIT_QUESTIONS[kind], { placeholder: kind === 'silent' ? '2m' : '' }));
  if (kind === 'above' || kind === 'below') {
    const usual = offer.deadbandFor(answers.metric ?? '', answers.model);
    const initialValue = usual === undefined ? '' : String(usual);
    await ask('deadband', () =>
      asked('Deadband: how far back inside before it returns? (empty: none)', { initialValue, isOptional: true }),
    );
  }
  await ask('onDelay', () => asked('For how long must it hold before it is told?', { initialValue: '10s' }));
  await ask('offDelay', () => asked('For how long must it be well before it returns?', { initialValue: '10s' }));
  await ask('priority', () =>
    chosen(
      'How urgent is it?',
      PRIORITIES.map((value) => ({ value, label: value })),
    ),
  );
  if (answers.priority === 'high' || answers.priority === 'critical') {
    await ask('response', () => asked('What does the operator do?', {}));
    await ask('timeToRespond', () =>
      asked('How long has the operator before the consequence?', { placeholder: '10m' }),
    );
  }
  await ask('id', () =>
    asked('Id of the rule, the name of its file', {
      initialValue: `${answers.metric?.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${kind}`,
    }),
  );
  return answers;
}

async function askMetric({ metrics }: Offer): Promise<Answers> {
  if (metrics.length === 0) return { metric: await asked('Which metric?', { placeholder: 'temperature' }) };
  const options = metrics.map(({ metric, model, unit }, i) => ({
    value: String(i),
    label: metric,
    hint: [model, unit].filter(Boolean).join(', '),
  }));
  const { metric, model } = metrics[Number(await chosen('Which metric?', options))] as OfferedMetric;
  return { metric, model };
}

/** Only numbers have limits. */
function kindsFor(metric: string, { metrics }: Offer): readonly WishKind[] {
  const type = metrics.find((each) => each.metric === metric)?.type ?? 'number';
  return type === 'number' ? WISH_KINDS : WISH_KINDS.filter((kind) => kind === 'silent' || kind === 'equals');
}

function askKind(kinds: readonly WishKind[]): Promise<WishKind> {
  return chosen(
    'It is an alarm when …',
    kinds.map((value) => ({ value, label: KIND_LABELS[value] })),
  );
}

type Field = { readonly initialValue?: string; readonly placeholder?: string; readonly isOptional?: boolean };

async function asked(message: string, { isOptional = false, ...field }: Field): Promise<string> {
  const validate = (value: string | undefined) =>
    isOptional || (value !== undefined && value.trim() !== '') ? undefined : 'Please say something';
  const answer = await text({ message, validate, ...field });
  if (isCancel(answer)) throw new Cancelled();
  return (answer ?? '').trim();
}

async function chosen<T extends string>(
  message: string,
  options: readonly { readonly value: T; readonly label: string; readonly hint?: string }[],
): Promise<T> {
  const answer = await select<string>({ message, options: [...options] });
  if (isCancel(answer)) throw new Cancelled();
  return answer as T;
}
