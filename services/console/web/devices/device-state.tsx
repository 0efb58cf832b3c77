// How one device is: what is known of it, its latest values, its alarms, and what of it was refused.

import type { DeviceName } from '#domain/topic.ts';
import { DeviceAlarms } from './device-alarms.tsx';
import { DeviceFacts } from './device-facts.tsx';
import { DeviceRefused } from './device-refused.tsx';
import { DeviceValues } from './device-values.tsx';

export function DeviceState({ name }: { readonly name: DeviceName }) {
  return (
    <div class="device-state">
      <DeviceFacts name={name} />
      <DeviceAlarms name={name} />
      <DeviceValues name={name} />
      <DeviceRefused name={name} />
    </div>
  );
}
