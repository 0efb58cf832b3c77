// The inputs of an alarm at a moment: what feeds each, its value, how old it is, and why it has none.

import type { InputSnapshot } from '#domain/alarm.ts';
import { formatDuration } from '#domain/duration.ts';
import type { Instance } from '../engine/instance.ts';
import type { CompiledInput } from '../language/compile-rule.ts';
import type { Frame } from '../language/expression.ts';
import { isUnknown, UNKNOWN } from '../language/operand.ts';

export type ExplainedInput = {
  readonly name: string;
  readonly metric: string;
  /** `site/area/device`; null where no device feeds it. */
  readonly device: string | null;
  /** `avg over 15m`; null where it is the last sample. */
  readonly made: string | null;
  readonly value: InputSnapshot['value'];
  readonly unit: string | null;
  /** GOOD, or why it has no value. */
  readonly quality: string;
  /** Since the newest sample; null where there was none. */
  readonly ageMs: number | null;
  /** From which age on it is STALE; null where it holds for as long as its device is online. */
  readonly maxAgeMs: number | null;
};

export function explainInputs(instance: Instance, frame: Frame): ExplainedInput[] {
  return instance.rule.inputs.map((input, i) => {
    const value = frame.inputs[i] ?? UNKNOWN.NEVER;
    const slot = instance.slots[i] ?? null;
    const sampledAt = slot?.at ?? Number.NEGATIVE_INFINITY;
    return {
      name: input.name,
      metric: input.metric,
      device: slot === null ? null : `${slot.device.name.site}/${slot.device.name.area}/${slot.device.name.device}`,
      made: madeBy(input),
      value: isUnknown(value) ? null : value,
      unit: input.unit ?? null,
      quality: isUnknown(value) ? value.unknown : 'GOOD',
      ageMs: sampledAt === Number.NEGATIVE_INFINITY ? null : frame.at - sampledAt,
      maxAgeMs: input.isOnChange ? null : (instance.maxAgeMs[i] ?? null),
    };
  });
}

export function madeBy({ window }: CompiledInput): string | null {
  return window === undefined ? null : `${window.fn} over ${formatDuration(window.windowMs)}`;
}
