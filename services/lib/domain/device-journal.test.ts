import { expect, test } from 'vitest';
import { UNHEARD } from './device.ts';
import { encodeDeviceState } from './device-journal.ts';

const AT = 1_795_355_425_172;
const TANK = { site: 'lyon', area: 'tank-farm', device: 't1', model: null, role: null, labels: {}, ...UNHEARD };

test('of a device that nothing is known of there is a line all the same', () => {
  expect(encodeDeviceState(TANK, 0, AT)).toBe(
    `device_state,area=tank-farm,device=t1,site=lyon missed=0i,contradictions=0i ${AT}`,
  );
});

test('a line says what is known', () => {
  const view = {
    ...TANK,
    ...{ model: 'tank-sensor', role: 'level', firmware: '1.4.0 "b"', online: false, lastSeen: AT - 5 },
    ...{ rssi: -61.5, resetCause: 'watchdog' },
    ...{ messagesPerMinute: 11.5, clockSkewMs: -120, contradictions: ['a', 'b'] },
    lastError: { at: AT - 9, reason: 'json', message: 'not\nJSON' },
  };
  expect(encodeDeviceState(view, 3, AT)).toBe(
    `device_state,area=tank-farm,device=t1,site=lyon missed=3i,contradictions=2i,online=false,model="tank-sensor",role="level",firmware="1.4.0 \\"b\\"",resetCause="watchdog",messagesPerMinute=11.5,clockSkewMs=-120,rssi=-61.5,lastSeen=${AT - 5}i,lastError="not\nJSON",lastErrorAt=${AT - 9}i ${AT}`,
  );
});
