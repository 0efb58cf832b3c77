// What the page knows of one device, out of all there is. Pure.

import type { DeviceView } from '#domain/device.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { AlarmView, ValueView } from '../../api/live.ts';
import { isOpen } from '../alarms/order.ts';
import { compareNames } from '../parts/find.ts';
import { CONDITIONS, type Condition, conditionOf } from '../values/condition.ts';

/** A device with more is looked at by search, on the page of trends. */
export const VALUES_MAX = 100;

export type DeviceValue = { readonly value: ValueView; readonly condition: Condition };

/** In order of metric. */
export function valuesOf(
  values: Iterable<ValueView>,
  name: DeviceName,
  { device, now }: { readonly device: DeviceView | undefined; readonly now: number },
): DeviceValue[] {
  const key = deviceKey(name);
  return Array.from(values)
    .filter((value) => deviceKey(value) === key)
    .sort((a, b) => compareNames(a.metric, b.metric))
    .map((value) => ({ value, condition: conditionOf(value, device, now) }));
}

/** How many are in which condition, the worst first. */
export function conditionCounts(values: readonly DeviceValue[]): (readonly [Condition, number])[] {
  return CONDITIONS.toReversed().flatMap((condition) => {
    const count = values.filter((each) => each.condition === condition).length;
    return count === 0 ? [] : [[condition, count] as const];
  });
}

/** Alarms of the area whose instance, or label, is the device, and that somebody should see. */
export function alarmsOf(alarms: Iterable<AlarmView>, { site, area, device }: DeviceName): AlarmView[] {
  return Array.from(alarms).filter(
    (alarm) =>
      alarm.site === site &&
      alarm.area === area &&
      (alarm.instance === device || alarm.labels.device === device) &&
      isOpen(alarm),
  );
}
