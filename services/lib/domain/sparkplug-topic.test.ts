import { expect, test } from 'vitest';
import { parseSparkplugTopic, sparkplugFilters, sparkplugTopics } from './sparkplug-topic.ts';
import { matchesFilter } from './topic.ts';

const NODE = { group: 'Plant 1', edge: 'e1', device: null };
const DEVICE = { ...NODE, device: 'press-7' };

test.each([
  ['spBv1.0/Plant 1/NBIRTH/e1', { ...NODE, type: 'NBIRTH' }],
  ['spBv1.0/Plant 1/NDEATH/e1', { ...NODE, type: 'NDEATH' }],
  ['spBv1.0/Plant 1/NDATA/e1', { ...NODE, type: 'NDATA' }],
  ['spBv1.0/Plant 1/NCMD/e1', { ...NODE, type: 'NCMD' }],
  ['spBv1.0/Plant 1/DBIRTH/e1/press-7', { ...DEVICE, type: 'DBIRTH' }],
  ['spBv1.0/Plant 1/DDEATH/e1/press-7', { ...DEVICE, type: 'DDEATH' }],
  ['spBv1.0/Plant 1/DDATA/e1/press-7', { ...DEVICE, type: 'DDATA' }],
  ['spBv1.0/Plant 1/DCMD/e1/press-7', { ...DEVICE, type: 'DCMD' }],
] as const)('%s, both ways', (topic, parsed) => {
  expect(parseSparkplugTopic(topic)).toEqual(parsed);
  expect(sparkplugTopics.message(parsed.type, parsed)).toBe(topic);
});

test.each([
  'spBv1.0/STATE/penstock',
  'spBv1.0/g/NDATA',
  'spBv1.0/g/NDATA/',
  'spBv1.0//NDATA/e',
  'spBv1.0/g/NDATA/e/d',
  'spBv1.0/g/DDATA/e',
  'spBv1.0/g/DDATA/e/',
  'spBv1.0/g/DDATA/e/d/x',
  'spBv1.0/g/ndata/e',
  'spBv1.0/g/DRECORD/e/d',
  'spAv1.0/g/NDATA/e',
  'spBv1.0',
  `spBv1.0/g/NDATA/${'e'.repeat(257)}`,
])('%s is none', (topic) => {
  expect(parseSparkplugTopic(topic)).toBeUndefined();
});

test('of what edge nodes say everything is read, and no order', () => {
  const read = (type: Parameters<typeof sparkplugTopics.message>[0], device: string | null) =>
    sparkplugFilters.some((filter) =>
      matchesFilter(filter, sparkplugTopics.message(type, { group: 'g', edge: 'e', device })),
    );
  for (const type of ['NBIRTH', 'NDEATH', 'NDATA'] as const) expect(read(type, null)).toBe(true);
  for (const type of ['DBIRTH', 'DDEATH', 'DDATA'] as const) expect(read(type, 'd')).toBe(true);
  expect([read('NCMD', null), read('DCMD', 'd')]).toEqual([false, false]);
  expect(sparkplugFilters.some((filter) => matchesFilter(filter, sparkplugTopics.state('penstock')))).toBe(false);
});
