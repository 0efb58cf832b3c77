// Answers of two stores to one question. A benchmark that compares different answers compares nothing.

type Series = {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
};

const RELATIVE_ERROR_MAX = 1e-9;

/** The series of the one statement that was asked. */
export function seriesOf(text: string): readonly Series[] {
  const { results } = JSON.parse(text) as { results: readonly { series?: readonly Series[] }[] };
  return results[0]?.series ?? [];
}

/** The first place where two answers differ, in words; undefined where they say the same. */
export function difference(left: unknown, right: unknown, at = 'answer'): string | undefined {
  if (typeof left === 'number' && typeof right === 'number') {
    if (Math.abs(left - right) <= RELATIVE_ERROR_MAX * Math.max(Math.abs(left), Math.abs(right))) return undefined;
  } else if (typeof left === 'object' && left !== null && typeof right === 'object' && right !== null) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const found = difference(Reflect.get(left, key), Reflect.get(right, key), `${at}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  } else if (left === right) return undefined;
  return `${at}: ${JSON.stringify(left)} and ${JSON.stringify(right)}`;
}
