// for: true once its condition has been known to hold for a time. UNKNOWN pauses the evidence, false begins it anew.
// The engine keeps the evidence with the instance and fills the frame, so that a condition that short-circuits past a
// `for` does not stop its clock.

import { formatDuration, parseDuration } from '#domain/duration.ts';
import { type Operator, requireType } from '../expression.ts';
import { UNKNOWN } from '../operand.ts';

export const holdsFor: Operator = {
  name: 'for',
  compile(raw, path, compiler) {
    const [condition, text] = Array.isArray(raw) ? raw : [];
    const ms = typeof text === 'string' ? parseDuration(text) : undefined;
    if (!Array.isArray(raw) || raw.length !== 2 || ms === undefined)
      return compiler.refuse(path, `'for' is written [condition, duration], such as [{"var": "running"}, "20s"]`);
    const operand = compiler.operand(condition, [...path, 0]);
    if (operand === undefined) return undefined;
    if (!requireType(operand, 'boolean', { path: [...path, 0], name: 'for', compiler })) return undefined;
    const index = compiler.timer({ operand, ms });
    const words = formatDuration(ms);
    return {
      parts: [operand],
      type: 'boolean',
      evaluate: (frame) => frame.timers[index] ?? UNKNOWN.NEVER,
      wakesAt: (frame) => Math.min(frame.timersEndAt[index] ?? Number.POSITIVE_INFINITY, operand.wakesAt(frame)),
      describe: (frame) => `${operand.describe(frame)} for ${words}`,
      comparisons: operand.comparisons,
    };
  },
};
