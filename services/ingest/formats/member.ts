// A member of parsed JSON by the way to it with dots between, as flattened metrics are named: `uplink.payload`, `params.0.id`.

/** undefined where there is none. A key that has the dots in it is found first. */
export function memberAt(value: unknown, way: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, way)) return (value as Record<string, unknown>)[way];
  for (let dot = way.indexOf('.'); dot !== -1; dot = way.indexOf('.', dot + 1)) {
    const key = way.slice(0, dot);
    if (!Object.hasOwn(value, key)) continue;
    const found = memberAt((value as Record<string, unknown>)[key], way.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
