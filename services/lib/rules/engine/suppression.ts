// Suppression by design: enableWhen, suppressWhen, inhibitedBy. What is not known suppresses nothing: the operator stays
// informed.

import type { Frame } from '../language/expression.ts';
import type { Instance } from './instance.ts';

/** The active alarms of a rule, wherever they are. */
export type ActiveAlarms = (rule: string) => Iterable<Instance>;

export function isSuppressed(instance: Instance, frame: Frame, activeAlarms: ActiveAlarms): boolean {
  const { enableWhen, suppressWhen, inhibitedBy } = instance.rule;
  if (enableWhen?.evaluate(frame) === false) return true;
  if (suppressWhen?.evaluate(frame) === true) return true;
  return inhibitedBy.some(({ rule, equal }) => {
    for (const other of activeAlarms(rule)) if (hasEqual(instance, other, equal)) return true;
    return false;
  });
}

function hasEqual(instance: Instance, other: Instance, labels: readonly string[]): boolean {
  if (other === instance || other.area.site !== instance.area.site) return false;
  // A rule on trial decides about nothing but its like.
  if (other.rule.isShadow && !instance.rule.isShadow) return false;
  return labels.every((label) => {
    const own = instance.label(label);
    return own !== undefined && own === other.label(label);
  });
}
