import { expect, test } from 'vitest';
import { ingestFilters } from './filters.ts';

const sources = [{ filter: 'home/+/+' }];

test('alone it reads everything itself', () => {
  expect(ingestFilters(sources, { group: undefined, hasSparkplug: false })).toEqual({
    filters: [
      ...['plant/v1/+/+/+/tele', 'plant/v1/+/+/+/event', 'plant/v1/+/+/+', 'home/+/+'],
      ...['plant/v1/+/+/+/status', 'plant/v1/+/+/+/meta'],
    ],
  });
});

test('in a group it reads births itself, for they are retained and it needs them for whatever its share is', () => {
  expect(ingestFilters(sources, { group: 'ingest', hasSparkplug: false })).toEqual({
    filters: ['plant/v1/+/+/+/status', 'plant/v1/+/+/+/meta'],
    shared: { group: 'ingest', filters: ['plant/v1/+/+/+/tele', 'plant/v1/+/+/+/event', 'plant/v1/+/+/+', 'home/+/+'] },
  });
});

test('of Sparkplug one member reads everything itself, and the orders to its devices', () => {
  const sparkplug = [
    ...['spBv1.0/+/NBIRTH/+', 'spBv1.0/+/NDEATH/+', 'spBv1.0/+/NDATA/+'],
    ...['spBv1.0/+/DBIRTH/+/+', 'spBv1.0/+/DDEATH/+/+', 'spBv1.0/+/DDATA/+/+'],
    ...['replay/v1/spBv1.0/#', 'plant/v1/+/+/+/cmd'],
  ];
  expect(ingestFilters(sources, { group: 'ingest', hasSparkplug: true }).filters).toEqual([
    ...['plant/v1/+/+/+/status', 'plant/v1/+/+/+/meta'],
    ...sparkplug,
  ]);
  expect(ingestFilters(sources, { group: undefined, hasSparkplug: true }).filters).toEqual(
    expect.arrayContaining(sparkplug),
  );
});
