// For tests of lint rules: a rule as an author would write it, checked alone or among others, and what was found as short
// words.

import { modelOf } from '#runtime/plant-files.ts';
import { type CheckOptions, checkRules } from './check-rules.ts';
import type { Finding } from './finding.ts';

/** A rule of which nothing can be said. */
export const SOUND = {
  id: 'sound',
  inputs: { temp: 'temperature' },
  condition: { '>': [{ var: 'temp' }, 80] },
  onDelay: '20s',
};

const tank = modelOf({
  model: 'tank',
  metrics: {
    temperature: { type: 'number', unit: 'Cel', min: 0, max: 200, interval: '10s' },
    pressure: { type: 'number', unit: 'bar', min: 0, max: 10, interval: '2s' },
    level: { type: 'number', unit: 'm', min: 0, max: 10 },
    running: { type: 'boolean' },
    speed: { type: 'number', unit: '{rpm}' },
    turbidity: { type: 'number', unit: 'NTU' },
    mode: { type: 'text' },
  },
});
const valve = modelOf({
  model: 'valve',
  metrics: {},
  commands: { 'valve.set': { args: { position: { type: 'number', min: 0, max: 100 } }, interlocks: [] } },
});
const furnace = modelOf({
  model: 'furnace',
  metrics: {
    temperature: { type: 'number', unit: 'Cel', min: 0, max: 1_200 },
    speed: { type: 'number', unit: 'm/s' },
    level: { type: 'number' },
  },
});

export const MODELS = new Map([tank, furnace, valve].map((model) => [model.model, model]));

export function findingsOf(rules: readonly object[], options: CheckOptions = { models: MODELS }): readonly Finding[] {
  const texts = rules.map((rule, i) => {
    const { id } = { id: `rule-${i}`, ...rule };
    return { file: `${id}.json`, text: JSON.stringify({ ...rule, id }, null, 2) };
  });
  return checkRules(texts, options).findings;
}

/** `R003 error` of each finding of one rule that is SOUND but for this. */
export function codesOf(change: object, options?: CheckOptions): string[] {
  return findingsOf([{ ...SOUND, ...change }], options).map(({ code, level }) => `${code} ${level}`);
}
