import { describe, expect, it } from 'vitest';
import { type DeviceView, parseDeviceView, UNHEARD } from './device.ts';

const view: DeviceView = {
  site: 'lyon',
  area: 'farm',
  device: 't1',
  model: 'tank-sensor',
  role: null,
  labels: { tank: 'T1', constructor: 'x' },
  online: true,
  firstSeen: 1_600_000_000_000,
  lastSeen: 1_700_000_000_000,
  firmware: '1.2.0',
  rssi: -61,
  resetCause: 'watchdog',
  messagesPerMinute: 30,
  clockSkewMs: -120,
  contradictions: ['its level is a text; model tank-sensor says a number'],
  lastError: { at: 1_700_000_000_000, reason: 'json', message: 'not JSON' },
};

describe('parseDeviceView()', () => {
  it.each([view, { ...view, model: null, labels: {}, ...UNHEARD }])('takes what ingest writes: %j', (each) => {
    expect(parseDeviceView(JSON.parse(JSON.stringify(each)))).toEqual(each);
  });

  it('leaves out what it does not know', () => {
    expect(parseDeviceView({ ...view, later: 1 })).toEqual(view);
  });

  it.each<[change: unknown, problem: string]>([
    [null, 'a device is a JSON object'],
    [[], 'a device is a JSON object'],
    [5, 'a device is a JSON object'],
    [{ ...view, site: undefined }, "'site' must be a letter or digit"],
    [{ ...view, area: 'a/b' }, "'area' must be a letter or digit"],
    [{ ...view, device: '__proto__' }, "'device' must be a letter or digit"],
    [{ ...view, device: 7 }, "'device' must be a letter or digit"],
    [{ ...view, model: 3 }, "'model' must be a text or null"],
    [{ ...view, role: undefined }, "'role' must be a text or null"],
    [{ ...view, labels: null }, "'labels' must be an object of texts"],
    [{ ...view, labels: ['x'] }, "'labels' must be an object of texts"],
    [{ ...view, labels: { tank: 3 } }, "label 'tank' must"],
    [{ ...view, labels: JSON.parse('{"__proto__": "x"}') }, "label '__proto__' must"],
    [{ ...view, online: 'yes' }, "'online' must be true, false or null"],
    [{ ...view, lastSeen: 'now' }, "'lastSeen' must be a moment"],
    [{ ...view, firstSeen: 1.5 }, "'firstSeen' must be a moment"],
    [{ ...view, clockSkewMs: 'fast' }, "'clockSkewMs' must be a number or null"],
    [{ ...view, contradictions: [1] }, "'contradictions' must be a list of texts"],
    [{ ...view, lastError: { at: 1 } }, "'lastError' must be null or hold"],
  ])('refuses %j', (payload, problem) => {
    expect(parseDeviceView(payload)).toContain(problem);
    expect(Object.prototype).not.toHaveProperty('tank');
  });
});
