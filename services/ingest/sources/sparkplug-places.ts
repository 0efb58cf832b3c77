// Where edge nodes of Sparkplug stand, as sources say: {"topic": "spBv1.0/{group}", "format": "sparkplug", "site": "lyon", "area": "{edge}",
// "names": {"Plant 1": "plant-1"}}. Besides what the topic captures there are always {group}, {edge} and {device}, which of the
// edge node itself is its own id. Without a source the group is the site, and the edge node the area.

import type { SourceFile } from '#runtime/source-file.ts';
import { type PlaceOf, placeByName } from '../sparkplug/place.ts';
import { topicPattern } from './captures.ts';
import { deviceOf, type Texts } from './source.ts';

export const SPARKPLUG_CAPTURES = ['group', 'edge', 'device'] as const;
export const SPARKPLUG_TEXTS = { site: '{group}', area: '{edge}', device: '{device}' } as const;

const NOTHING: ReadonlyMap<string, string> = new Map();

/** undefined where the group is none of the source. */
export type SparkplugPlace = (...of: Parameters<PlaceOf>) => ReturnType<PlaceOf> | undefined;

export function sparkplugPlace(
  { topic, names = {} }: Pick<SourceFile, 'topic' | 'names'>,
  texts: Texts,
): SparkplugPlace {
  const pattern = topicPattern(topic);
  const ours = new Map(Object.entries(names));
  return ({ group, edge, device }) => {
    const found = pattern.match(`spBv1.0/${group}`);
    if (found === undefined) return undefined;
    const captures = new Map([...found, ['group', group], ['edge', edge], ['device', device ?? edge]]);
    return deviceOf(texts, { captures, payload: NOTHING, names: ours });
  };
}

/** The first that knows the group. */
export function placeByNames(places: readonly SparkplugPlace[]): PlaceOf {
  const usual = placeByName();
  return (address) => {
    for (const place of places) {
      const found = place(address);
      if (found !== undefined) return found;
    }
    return usual(address);
  };
}
