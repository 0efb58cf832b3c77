import { describe, expect, test } from 'vitest';
import { sampleDevice } from '../../testing.ts';
import { ROWS_MAX, rankDevices, troublesOf } from './trouble.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const errorAt = (at: number) => ({ lastError: { at, reason: 'metric', message: 'no such metric' } });

test.each([
  [{}, []],
  [{ online: null }, []],
  [{ online: false }, ['offline']],
  [{ clockSkewMs: 5_000 }, []],
  [{ clockSkewMs: 5_001 }, ['clock']],
  [{ clockSkewMs: -60_000 }, ['clock']],
  [{ contradictions: ['it says it is a pump'] }, ['contradiction']],
  [errorAt(NOW - HOUR), ['error']],
  [errorAt(NOW - HOUR - 1), []],
  [errorAt(NOW + HOUR), ['error']],
  [{ online: false, clockSkewMs: 9_000, ...errorAt(NOW) }, ['offline', 'clock', 'error']],
] as const)('of a device with %j the troubles are %j', (changes, troubles) => {
  expect(troublesOf(sampleDevice(changes), NOW)).toEqual(troubles);
});

describe('rankDevices()', () => {
  const all = [
    sampleDevice({ device: 'tank-10' }),
    sampleDevice({ device: 'tank-2', model: 'radar', firmware: '1.4' }),
    sampleDevice({ device: 'zeta', online: false }),
    sampleDevice({ device: 'alpha', ...errorAt(NOW) }),
    sampleDevice({ device: 'beta', clockSkewMs: 60_000, ...errorAt(NOW) }),
    sampleDevice({ area: 'brew-house', device: 'tank-9' }),
  ];
  const names = (search = '') => rankDevices(all, search, NOW).rows.map(({ device }) => device.device);

  test('puts trouble first, the worst before the rest, and then goes by place and number', () => {
    expect(names()).toEqual(['zeta', 'beta', 'alpha', 'tank-9', 'tank-2', 'tank-10']);
    expect(rankDevices(all, '', NOW)).toMatchObject({ hidden: 0, troubled: 3 });
  });

  test.each([
    ['TANK-1', ['tank-10']],
    ['brew tank', ['tank-9']],
    ['radar 1.4', ['tank-2']],
    ['nobody', []],
    ['.*', []],
  ])('finds %j by name, place, model and firmware', (search, found) => {
    expect(names(search)).toEqual(found);
  });

  test('shows no more than its bound, trouble before all, and says how many it leaves out', () => {
    const many = Array.from({ length: ROWS_MAX + 50 }, (_, i) => sampleDevice({ device: `d${i}` }));
    const { rows, hidden, troubled } = rankDevices([...many, sampleDevice({ device: 'z', online: false })], '', NOW);
    expect([rows.length, rows[0]?.device.device, hidden, troubled]).toEqual([ROWS_MAX, 'z', 51, 1]);
  });
});
