import { expect, test } from 'vitest';
import { TREND_SERIES_MAX } from '../../api/history.ts';
import { lookOf } from './looks.ts';

test('no two lines of a picture look the same, and none differs by its colour alone', () => {
  const looks = Array.from({ length: TREND_SERIES_MAX }, (_, i) => lookOf(i));
  expect(new Set(looks.map(({ dash, width }) => JSON.stringify([dash, width]))).size).toBe(TREND_SERIES_MAX);
});
