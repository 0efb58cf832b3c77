// Everything that sends, and how it is.

import { DeviceTable } from './device-table.tsx';

export function DevicesPage() {
  return <DeviceTable />;
}
