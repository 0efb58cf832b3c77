// Where an edge node and its devices stand in the plant: the group is the site, the edge node the area, and in it are its
// devices and, under its own name, itself. Ids of Sparkplug may hold what no name of ours may; a map of names says what they are.

import { isName, NAME_HINT } from '#domain/name.ts';
import type { Refusal } from '#domain/rejected.ts';
import type { SparkplugAddress } from '#domain/sparkplug-topic.ts';
import type { DeviceName } from '#domain/topic.ts';

/** The device that an address is, or why it can be none. */
export type PlaceOf = (address: SparkplugAddress) => DeviceName | Refusal;

/** @param nameOf our name for an id of theirs, where it has another */
export function placeByName(nameOf: (id: string) => string | undefined = () => undefined): PlaceOf {
  return ({ group, edge, device }) => {
    if (device === edge) {
      return {
        reason: 'topic',
        message: `the device '${cut(edge)}' is called as its edge node is, whose own metrics have that name`,
      };
    }
    for (const [what, id] of [
      ['group', group],
      ['edge node', edge],
      ['device', device ?? edge],
    ] as const) {
      if (isName(nameOf(id) ?? id)) continue;
      return {
        reason: 'topic',
        message: `the ${what} '${cut(id)}' must be ${NAME_HINT}, or a map of names must name it`,
      };
    }
    const our = (id: string) => nameOf(id) ?? id;
    return { site: our(group), area: our(edge), device: our(device ?? edge) };
  };
}

function cut(id: string): string {
  return id.slice(0, 80);
}
