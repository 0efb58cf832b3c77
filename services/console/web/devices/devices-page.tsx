// Everything that sends, and how it is: the plant as a tree, beside it the devices of the branch that is chosen, or the one device.

import '../styles/devices.css';
import '../styles/rejects.css';
import { route } from '../state/route.ts';
import { branchKey, branchOf, deviceIn } from './branch.ts';
import { DevicePanel } from './device-panel.tsx';
import { DeviceTable } from './device-table.tsx';
import { DeviceTree } from './device-tree.tsx';

export function DevicesPage() {
  const branch = branchOf(route.value.steps);
  const device = deviceIn(branch);
  return (
    <div class="devices-page">
      <DeviceTree branch={branch} />
      {device === undefined ? (
        <DeviceTable branch={branch} />
      ) : (
        <DevicePanel key={branchKey(branch)} name={device} show={route.value.query.get('show')} />
      )}
    </div>
  );
}
