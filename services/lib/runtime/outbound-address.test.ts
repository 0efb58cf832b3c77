import { isIPv4 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressKind } from './outbound-address.ts';

test.each([
  ['public', ['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.0', '100.63.255.255', '100.128.0.0', '169.253.1.1']],
  ['public', ['2606:4700::1111', '2a00:1450:4001::1', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8']],
  ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '127.0.0.1', '127.255.255.254']],
  ['private', ['100.64.0.1', '100.127.255.255', '::1', 'fc00::1', 'fdff:ffff::1']],
  ['private', ['::ffff:127.0.0.1', '::ffff:7f00:1', '::FFFF:10.0.0.1', '0:0:0:0:0:ffff:c0a8:0101', '64:ff9b::a00:1']],
  ['never', ['0.0.0.0', '0.1.2.3', '169.254.169.254', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255']],
  ['never', ['192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.9', '192.0.0.192', '192.88.99.1']],
  ['never', ['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd00:0ec2:0:0:0:0:0:254', '::ffff:169.254.169.254']],
  ['never', ['::', '::1.2.3.4', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '2001:db8::1', '2002:7f00:1::']],
  ['never', ['2001::1', '3fff::1', '100::1', '64:ff9b:1::1', '64:ff9b::a9fe:a9fe', '::ffff:0:0']],
  ['never', ['', 'localhost', '2130706433', '0177.0.0.1', '127.1', '10.0.0.1 ', '::ffff:300.1.1.1']],
])('%s: %o', (kind, addresses) => {
  for (const address of addresses) expect([address, addressKind(address)]).toEqual([address, kind]);
});

test('an IPv4 address is judged the same inside a mapped and a translated IPv6 address', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(isIPv4(address)).toBe(true);
      expect(addressKind(`::ffff:${address}`)).toBe(addressKind(address));
      expect(addressKind(`64:ff9b::${address}`)).toBe(addressKind(address));
    }),
  );
});

test('every way to write an IPv6 address is judged the same', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const whole = new URL(`http://[${address}]`).hostname.slice(1, -1);
      expect(addressKind(address.toUpperCase())).toBe(addressKind(whole));
    }),
  );
});
