// One device: how it is, what passes, what it can be told to do, and how it is set.

import { type DeviceName, deviceKey } from '#domain/topic.ts';
import { devices } from '../state/live.ts';
import { hrefOf } from '../state/route.ts';
import { texts } from '../texts.ts';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { CommandPanel } from './command-panel.tsx';
import { ConfigPanel } from './config-panel.tsx';
import { DeviceState } from './device-state.tsx';
import { TailPanel } from './tail-panel.tsx';

const VIEWS = ['state', 'tail', 'commands', 'config'] as const;
type View = (typeof VIEWS)[number];

const PANELS: { readonly [view in View]: typeof TailPanel } = {
  state: DeviceState,
  tail: TailPanel,
  commands: CommandPanel,
  config: ConfigPanel,
};

export function DevicePanel({ name, show }: { readonly name: DeviceName; readonly show: string | null }) {
  const view = VIEWS.find((each) => each === show) ?? 'state';
  const Panel = PANELS[view];
  const { site, area, device } = name;
  const branch = [site, area, device];
  return (
    <div class="device" data-testid="device" data-device={deviceKey(name)}>
      <div class="panel device-head">
        <Breadcrumbs branch={branch} />
        <h2 class="device-name">
          <bdi>{device}</bdi>
        </h2>
        {!devices.value.has(deviceKey(name)) && (
          <p class="hint" data-testid="device-unheard">
            {texts.devices.unheard}
          </p>
        )}
        <nav class="views" aria-label={texts.devices.viewsOf}>
          <ul>
            {VIEWS.map((each) => (
              <li key={each}>
                <a
                  href={hrefOf('devices', branch, each === 'state' ? {} : { show: each })}
                  aria-current={each === view ? 'page' : undefined}
                  data-testid={`device-${each}`}
                >
                  {texts.devices.views[each]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </div>
      <Panel key={view} name={name} />
    </div>
  );
}
