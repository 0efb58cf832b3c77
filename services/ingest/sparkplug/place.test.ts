import { expect, test } from 'vitest';
import { placeByName } from './place.ts';

const NAMES = new Map([
  ['Plant 1', 'plant-1'],
  ['Press #7', 'press-7'],
  ['odd', 'not a name'],
]);
const place = placeByName((id) => NAMES.get(id));

test.each([
  [
    { group: 'lyon', edge: 'line-3', device: null },
    { site: 'lyon', area: 'line-3', device: 'line-3' },
  ],
  [
    { group: 'lyon', edge: 'line-3', device: 'press' },
    { site: 'lyon', area: 'line-3', device: 'press' },
  ],
  [
    { group: 'Plant 1', edge: 'line-3', device: 'Press #7' },
    { site: 'plant-1', area: 'line-3', device: 'press-7' },
  ],
])('%j is %j', (address, device) => {
  expect(place(address)).toEqual(device);
});

const HINT = 'must be a letter or digit, then up to 63 letters, digits, dots, underscores or hyphens';

test.each([
  [{ group: 'Plant 2', edge: 'e', device: null }, `the group 'Plant 2' ${HINT}, or a map of names must name it`],
  [{ group: 'g', edge: 'ä', device: 'd' }, `the edge node 'ä' ${HINT}, or a map of names must name it`],
  [
    { group: 'g', edge: 'e', device: 'x'.repeat(65) },
    `the device '${'x'.repeat(65)}' ${HINT}, or a map of names must name it`,
  ],
  [{ group: 'odd', edge: 'e', device: null }, `the group 'odd' ${HINT}, or a map of names must name it`],
  [
    { group: 'g', edge: 'e', device: 'e' },
    "the device 'e' is called as its edge node is, whose own metrics have that name",
  ],
])('%j is refused', (address, message) => {
  expect(place(address)).toEqual({ reason: 'topic', message });
});
