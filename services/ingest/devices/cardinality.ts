// The alarm of too many names: a flood of invented devices, or a device that counts in the names of its metrics, fills memory and
// store until somebody looks. It stands while anything is refused for it, and for a while after.

import type { Problem } from '#domain/service.ts';
import type { ProblemCheck } from '#runtime/problems.ts';
import type { DeviceRegistry, RegistryLimits } from './registry.ts';

const STANDS_MS = 10 * 60_000;

/** Asked about every second. */
export function cardinalityProblems(
  registry: Pick<DeviceRegistry, 'takeRefused'>,
  limits: RegistryLimits,
  now: () => number,
): ProblemCheck {
  const last = { devices: Number.NEGATIVE_INFINITY, metrics: Number.NEGATIVE_INFINITY };
  return () => {
    const refused = registry.takeRefused();
    const found: Problem[] = [];
    for (const what of ['devices', 'metrics'] as const) {
      if (refused[what] > 0) last[what] = now();
      const age = now() - last[what];
      if (age < 0 || age >= STANDS_MS) continue;
      const text = `new ${what} are refused: there are ${limits[what]} already (ingest.${what}Max); 'penstock rejected list --reason cardinality' shows whose they are`;
      found.push({ id: `too-many-${what}`, text, priority: 'high' });
    }
    return found;
  };
}
