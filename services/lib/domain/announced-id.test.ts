import fc from 'fast-check';
import { expect, test } from 'vitest';
import { announcedId, announcedKey } from './announced-id.ts';
import { isMetricName, isName } from './name.ts';

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,6}$/).filter(isName);
const key = fc.tuple(name, name, name).map((levels) => levels.join('/'));
const metric = fc.stringMatching(/^[A-Za-z0-9_](?:[A-Za-z0-9._/ -]{0,6}[A-Za-z0-9._-])?$/).filter(isMetricName);

test.each([
  ['lyon/tank-farm/tank-01', undefined, 'penstock_lyon__tank-farm__tank-01'],
  ['a/b/c.d', undefined, 'penstock_a__b__c_2ed'],
  ['a/b/c_d', undefined, 'penstock_a__b__c_5fd'],
  ['a/b/c', 'energy.power 1/x', 'penstock_a__b__c__energy_2epower_201__x'],
])('%s %s is %s', (device, its, id) => {
  expect(announcedId(device, its)).toBe(id);
});

test('an id is plain, and gives its device back', () => {
  fc.assert(
    fc.property(key, (device) => {
      expect(announcedId(device)).toMatch(/^[a-zA-Z0-9_-]+$/);
      expect(announcedKey(announcedId(device))).toBe(device);
    }),
  );
});

test('no two metrics of any two devices have the same', () => {
  const series = fc.tuple(key, metric);
  fc.assert(
    fc.property(series, series, ([a, x], [b, y]) => {
      expect(announcedId(a, x)).toMatch(/^[a-zA-Z0-9_-]+$/);
      expect(announcedId(a, x) === announcedId(b, y)).toBe(a === b && x === y);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ...['', 'penstock_', 'penstock_a', 'penstock_a__b', 'penstock_a__b__c__d', 'penstock_a__b__', 'a__b__c'],
  ...['0x00158d0001dc126a', 'penstock_a__b__c_5F', 'penstock_a__b__c_zz', 'penstock_a__b__c_61', 'penstock_a__b___2ec'],
])('%j is none of ours', (id) => {
  expect(announcedKey(id)).toBeUndefined();
});
