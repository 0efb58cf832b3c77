import { expect, test } from 'vitest';
import { decodeLine, type Line } from '#domain/line-protocol.ts';
import { Catalogue } from '../catalogue/catalogue.ts';
import { Declare } from '../catalogue/declare.ts';
import { TRACKS_MAX } from '../shard/shard-file.ts';
import { RAW } from '../testing.ts';
import { KnownSeriesTable } from './known-series.ts';

test('where all numbers of tracks are given, what is new is refused, and what is known goes on', () => {
  const declare = new Declare(new Catalogue(), { id: 0, track: TRACKS_MAX - 2 });
  const table = new KnownSeriesTable(declare.policy(declare.database('plant'), RAW), declare, 1_000);
  const resolve = (text: string) => {
    const line = decodeLine(text) as Line;
    return table.resolve(line, line.fields, text);
  };
  expect(resolve('m a=1')).toMatchObject({ series: { key: 'm' } });
  expect(resolve('m b=1')).toContain(`limit exceeded: (${TRACKS_MAX})`);
  expect(resolve('m a=2')).toMatchObject({ series: { key: 'm' } });
});
