import { expect, it } from 'vitest';
import { formatUuid4, randomUuid } from './uuid.ts';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

it.each([
  ['919108f752d133205bacf847db4148a8', '919108f7-52d1-4320-9bac-f847db4148a8'], // RFC 9562, A.3, before version and variant
  ['00000000000000000000000000000000', '00000000-0000-4000-8000-000000000000'],
  ['ffffffffffffffffffffffffffffffff', 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
])('formatUuid4() of %s is %s', (hex, uuid) => {
  expect(formatUuid4(bytesOf(hex))).toBe(uuid);
});

it('randomUuid() gives no name twice', () => {
  const names = Array.from({ length: 1_000 }, randomUuid);
  expect(new Set(names).size).toBe(1_000);
});
