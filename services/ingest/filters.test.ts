import { expect, test } from 'vitest';
import { ingestFilters } from './filters.ts';

const sources = [{ filter: 'home/+/+' }];

test('alone it reads everything itself', () => {
  expect(ingestFilters(sources, undefined)).toEqual({
    filters: [
      ...['plant/v1/+/+/+/tele', 'plant/v1/+/+/+/event', 'home/+/+'],
      ...['plant/v1/+/+/+/status', 'plant/v1/+/+/+/meta'],
    ],
  });
});

test('in a group it reads births itself, for they are retained and it needs them for whatever its share is', () => {
  expect(ingestFilters(sources, 'ingest')).toEqual({
    filters: ['plant/v1/+/+/+/status', 'plant/v1/+/+/+/meta'],
    shared: { group: 'ingest', filters: ['plant/v1/+/+/+/tele', 'plant/v1/+/+/+/event', 'home/+/+'] },
  });
});
