// For tests of what is told about devices: a device of which all is well, and what may be changed about it.

import { type DeviceView, UNHEARD } from '#domain/device.ts';
import { modelOf } from '#runtime/plant-files.ts';
import type { RejectedGroup } from '#runtime/rejected-log/group-rejected.ts';
import type { DeviceFacts } from './check-device.ts';

export const NOW = 1_795_355_425_172;
export const NAME = 'lyon/tanks/tank-01';

export const TANK = modelOf({
  model: 'tank',
  metrics: { level: { type: 'number', interval: '5s' }, valve: { type: 'boolean', access: 'write' } },
});

export function viewOf(change: Partial<DeviceView> = {}): DeviceView {
  return {
    ...{ site: 'lyon', area: 'tanks', device: 'tank-01', model: 'tank', role: 'level', labels: { tank: 'T1' } },
    ...UNHEARD,
    ...{ online: true, firstSeen: NOW - 86_400_000, lastSeen: NOW - 2_000, firmware: '1.4.0' },
    ...{ messagesPerMinute: 12, clockSkewMs: -300 },
    ...change,
  };
}

export function groupOf(change: Partial<RejectedGroup> = {}): RejectedGroup {
  return {
    ...{ id: '0123456789ab', reason: 'metric', device: NAME, topic: `plant/v1/${NAME}/tele` },
    ...{ message: "model tank of tank-01 has no metric 'levle'; did you mean 'level'?", place: 'levle' },
    ...{ count: 3, waiting: 3, firstAt: NOW - 60_000, lastAt: NOW - 30_000, exampleId: 'ingest-1-48' },
    ...change,
  };
}

export function factsOf(change: Partial<DeviceFacts> = {}): DeviceFacts {
  return {
    ...{ name: NAME, login: { serial: 1, revoked: false }, view: viewOf(), now: NOW, model: TANK },
    ...{ refused: [], strays: [], stored: new Set(['level']), needsLogin: true, known: [NAME, 'lyon/tanks/tank-02'] },
    ...change,
  };
}
