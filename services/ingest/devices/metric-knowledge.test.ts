import { expect, test } from 'vitest';
import { contradictionsOf, type DeclaredMetric, knowledgeOf } from './metric-knowledge.ts';
import { modelNamed } from './testing.ts';

const model = modelNamed('tank', {
  temperature: { type: 'number', unit: 'Cel', min: -20, max: 150 },
  level: { type: 'number', unit: 'm' },
  flow: { type: 'number' },
  running: { type: 'boolean' },
});
const said = (metrics: Readonly<Record<string, DeclaredMetric>>) => new Map(Object.entries(metrics));

test.each<[string, DeclaredMetric, object]>([
  ['temperature', { unit: 'K', min: 0, max: 400 }, { unit: 'Cel', min: -20, max: 150 }],
  ['level', { unit: 'cm', min: 0, max: 250 }, { unit: 'm', min: 0, max: 2.5 }],
  ['flow', { unit: 'm3/h', max: 80 }, { unit: 'm3/h', max: 80 }],
  ['running', { type: 'number' }, { type: 'boolean' }],
])('of %s a birth that says %j fills in what the model leaves open, and no more', (name, declared, expected) => {
  expect(knowledgeOf(name, model, said({ [name]: declared }))?.metric).toMatchObject(expected);
});

test('what neither knows is unknown; a birth alone is believed, and beside a model only where that admits it', () => {
  const declared = said({ extra: { unit: 'bar' } });
  expect(knowledgeOf('extra', null, declared)?.metric).toEqual({ type: 'number', unit: 'bar' });
  expect(knowledgeOf('extra', { ...model, unknownMetrics: 'admit' }, declared)?.metric).toMatchObject({ unit: 'bar' });
  expect(knowledgeOf('extra', model, declared)).toBeUndefined();
  expect(knowledgeOf('other', null, declared)).toBeUndefined();
});

test('a contradiction is a sentence each, and a unit that can be converted is none', () => {
  const declared = said({
    temperature: { unit: '[degF]' },
    level: { unit: 'bar' },
    running: { type: 'text' },
    extra: {},
  });
  expect(contradictionsOf(model, declared)).toEqual([
    'its level is in bar; model tank says m, and the one cannot be converted to the other',
    'its running is a text; model tank says a boolean',
    'it has extra, which model tank has not',
  ]);
  expect(contradictionsOf(null, declared)).toEqual([]);
  const many = said(Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`m${i}`, {}])));
  expect(contradictionsOf(model, many)).toHaveLength(8);
});
