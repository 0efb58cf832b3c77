// Which part of the plant is looked at: all of it, a site, an area, or one device. It stands in the address:
// `#/devices/<site>/<area>/<device>`. Pure.

import type { DeviceName } from '#domain/topic.ts';

/** `[]`, `[site]`, `[site, area]` or `[site, area, device]`. */
export type Branch = readonly string[];

const STEPS_MAX = 3;

export function branchOf(steps: readonly string[]): Branch {
  return steps.slice(0, STEPS_MAX);
}

/** Its name in tables: `lyon/yard`; '' for the whole plant. */
export function branchKey(branch: Branch): string {
  return branch.join('/');
}

/** undefined where it is more than one. */
export function deviceIn([site, area, device]: Branch): DeviceName | undefined {
  return site === undefined || area === undefined || device === undefined ? undefined : { site, area, device };
}

export function isWithin({ site, area, device }: DeviceName, branch: Branch): boolean {
  return [site, area, device].every((step, i) => branch[i] === undefined || branch[i] === step);
}

/** Those that it lies in, the whole plant first, without itself. */
export function above(branch: Branch): Branch[] {
  return branch.map((_, i) => branch.slice(0, i));
}
