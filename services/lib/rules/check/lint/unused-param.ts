// R020: a param that nothing reads. Most often the limit in the condition is a number that somebody wrote beside it, and
// changing the param, or the device's own value of it, changes nothing.

import type { Lint } from './lint.ts';

export const unusedParam: Lint = {
  code: 'R020',
  ofFile: (file) => {
    const { params, ...rest } = file;
    const read = new Set(namesRead(rest));
    return Object.keys(params).flatMap((name) => {
      if (read.has(name)) return [];
      const message = `nothing reads the param '${name}': neither a condition nor a text`;
      return [{ path: ['params', name], message, level: 'warn' }];
    });
  },
};

/** By `{"param": name}` and `{{name}}`, wherever. */
function namesRead(written: unknown): string[] {
  if (typeof written === 'string')
    return [...written.matchAll(/\{\{\s*([^{}\s]+)\s*\}\}/g)].map(([, name = '']) => name);
  if (typeof written !== 'object' || written === null) return [];
  const { param } = written as { readonly param?: unknown };
  const [name] = Array.isArray(param) ? param : [param];
  return [...(typeof name === 'string' ? [name] : []), ...Object.values(written).flatMap(namesRead)];
}
