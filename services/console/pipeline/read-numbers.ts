// The numbers of the page out of what was told: labels added up, counts as what they rise by in a second. Pure.

import { type NumberId, type NumberSpec, type NumberView, PIPELINE_NUMBERS } from '../api/pipeline.ts';
import { serviceOfDevice, type Telling } from './tellings.ts';

const SPECS = Object.entries(PIPELINE_NUMBERS) as [NumberId, NumberSpec][];

/** All that a process of its kind tells; none where it has told nothing yet. */
export function readNumbers(device: string, tellings: readonly Telling[]): NumberView[] {
  const service = serviceOfDevice(device);
  if (tellings.length === 0) return [];
  return SPECS.filter(([, spec]) => spec.service === service).map(([id, spec]) => {
    const levels = tellings.map(({ at, numbers }) => [at, levelOf(numbers, spec.metric)] as const);
    return { id, device, told: spec.as === 'level' ? levels : ratesOf(levels) };
  });
}

type Told = NumberView['told'];

/** null where the telling has nothing of it. */
function levelOf(numbers: ReadonlyMap<string, number>, metric: string): number | null {
  if (!metric.endsWith('/*')) return numbers.get(metric) ?? null;
  if (numbers.size === 0) return null;
  // A label is told from its first event on: what is told without it is a count of 0.
  const names = [...numbers.keys()].filter((name) => name.startsWith(metric.slice(0, -1)));
  return names.reduce((sum, name) => sum + (numbers.get(name) ?? 0), 0);
}

/** A count that falls began anew with its process: by how much it rose nobody knows. */
function ratesOf(counts: Told): Told {
  return counts.map(([at, count], i) => {
    const [before, known] = counts[i - 1] ?? [at, null];
    if (count === null || known === null || count < known) return [at, null];
    return [at, ((count - known) * 1_000) / (at - before)];
  });
}
