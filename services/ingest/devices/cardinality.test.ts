import { expect, test } from 'vitest';
import { cardinalityProblems } from './cardinality.ts';

const LIMITS = { devices: 50, metrics: 500 };

test('the alarm stands while names are refused, and ten minutes more', () => {
  let now = 1_795_355_425_172;
  let refused = { devices: 0, metrics: 0 };
  const takeRefused = () => {
    const taken = refused;
    refused = { devices: 0, metrics: 0 };
    return taken;
  };
  const check = cardinalityProblems({ takeRefused }, LIMITS, () => now);
  const ids = () => check()?.map(({ id }) => id);
  expect(ids()).toEqual([]);
  refused = { devices: 3, metrics: 0 };
  expect(check()).toEqual([
    {
      id: 'too-many-devices',
      text: "new devices are refused: there are 50 already (ingest.devicesMax); 'penstock rejected list --reason cardinality' shows whose they are",
      priority: 'high',
    },
  ]);
  now += 599_999;
  expect(ids()).toEqual(['too-many-devices']);
  refused = { devices: 0, metrics: 1 };
  now += 1;
  expect(ids()).toEqual(['too-many-metrics']);
  now += 600_000;
  expect(ids()).toEqual([]);
});
