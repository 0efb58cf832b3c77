import { expect, test } from 'vitest';
import { sourceFile } from '#runtime/source-file.ts';
import { textsOf } from './read-sources.ts';
import type { Texts } from './source.ts';
import { placeByNames, sparkplugPlace } from './sparkplug-places.ts';

function placeOf(...files: object[]) {
  return placeByNames(
    files.map((file) => {
      const value = sourceFile.parse({ format: 'sparkplug', ...file });
      return sparkplugPlace(value, textsOf(value) as Texts);
    }),
  );
}

const NODE = { group: 'Plant 1', edge: 'line-3', device: null };

test('a source gives names to what has none, and places', () => {
  const place = placeOf(
    { topic: 'spBv1.0/Plant 1', names: { 'Plant 1': 'lyon', 'Press #7': 'press-7' } },
    { topic: 'spBv1.0/{group}', site: 'paris', area: '{group}', device: '{edge}-{device}' },
  );
  expect(place(NODE)).toEqual({ site: 'lyon', area: 'line-3', device: 'line-3' });
  expect(place({ ...NODE, device: 'Press #7' })).toEqual({ site: 'lyon', area: 'line-3', device: 'press-7' });
  expect(place({ ...NODE, device: 'Press #8' })).toEqual({
    reason: 'topic',
    message: expect.stringContaining('give it another in the source: "names": {"Press #8": "…"}'),
  });
  expect(place({ group: 'hall', edge: 'e1', device: 'd' })).toEqual({ site: 'paris', area: 'hall', device: 'e1-d' });
});

test('without a source the group is the site', () => {
  expect(placeOf()({ group: 'lyon', edge: 'e', device: 'd' })).toEqual({ site: 'lyon', area: 'e', device: 'd' });
});

test.each([
  [{ topic: 'spBv1.0/{group}/NDATA' }, 'must be spBv1.0/ and the group, or a {capture} for it'],
  [{ topic: 'spBv1.0/{group}', metrics: { a: 'b' } }, 'means nothing beside format sparkplug'],
  [{ topic: 'spBv1.0/{group}', format: 'json' }, 'of topics of Sparkplug must be sparkplug'],
])('%j is refused', (file, message) => {
  const parsed = sourceFile.safeParse({ format: 'sparkplug', ...file });
  expect(parsed.error?.issues.map((issue) => issue.message)).toContain(message);
});
