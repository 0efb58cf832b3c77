// The first look at parsed JSON: whether it is an object whose keys may be read, and neither null nor a list.

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
