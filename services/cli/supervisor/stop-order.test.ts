import { expect, it } from 'vitest';
import { SERVICES } from '#domain/service.ts';
import { stopWaves } from './stop-order.ts';

const ALL = [...SERVICES, 'simulator'];

it('stopWaves() goes from where points come in to where they end, the broker last', () => {
  expect(stopWaves(ALL).map((wave) => wave.names)).toEqual([
    ['watchdog', 'simulator'],
    ['ingest'],
    ['rules', 'writer', 'console'],
    ['historian'],
    ['broker'],
  ]);
});

it('stopWaves() leaves room within ten seconds', () => {
  expect(stopWaves(ALL).reduce((sum, wave) => sum + wave.graceMs, 0)).toBeLessThan(10_000);
});

it('stopWaves() names only what runs, and forgets nothing that does', () => {
  expect(stopWaves(['writer', 'ingest']).map((wave) => wave.names)).toEqual([['ingest'], ['writer']]);
  expect(stopWaves(['broker', 'sn-gateway']).map((wave) => wave.names)).toEqual([['sn-gateway'], ['broker']]);
});
