// Which addresses a request that somebody configured may reach (CWE-918, server-side request forgery). Three answers:
// public, private (a plant's own network, reached only where that is allowed) and never: what is no host at all, and where
// clouds keep their credentials. Deliberately no names here: whoever resolves a name asks for every address of the answer.

import { BlockList, isIPv4, isIPv6 } from 'node:net';

export type AddressKind = 'public' | 'private' | 'never';

/** Metadata services of clouds that lie inside private ranges: allowing a private network must not open them. */
const METADATA = [...['100.100.100.200', '168.63.129.16', '192.0.0.192'], ...['fd00:ec2::254', 'fd20:ce::254']];

const PRIVATE = listOf([
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], // RFC 1918
  '100.64.0.0/10', // carrier-grade NAT, RFC 6598
  '127.0.0.0/8',
  ...['::1/128', 'fc00::/7'], // loopback, unique local addresses
]);

/** The special-purpose registries of IANA, without what PRIVATE holds. */
const NEVER = listOf([
  ...['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
]);

/** All that is routed on the Internet; the rest of the space is reserved, link-local, multicast or deprecated. */
const GLOBAL_V6 = listOf(['2000::/3']);
/** Inside it: Teredo, benchmarking, ORCHID, documentation, 6to4 (which bears an IPv4 address that a relay would reach). */
const NEVER_V6 = listOf(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

/** Prefixes (of 96 bits) whose last 32 bits are an IPv4 address that is reached: mapped, and translated by NAT64. */
const EMBEDDING = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'];

/** `never` also where the text is no address. */
export function addressKind(address: string): AddressKind {
  if (isIPv4(address)) return kindOfV4(address);
  if (!isIPv6(address) || address.includes('%')) return 'never'; // a zone is a link's own
  const embedded = embeddedV4(address);
  if (embedded !== undefined) return kindOfV4(embedded);
  if (METADATA.some((each) => groupsOf(each) === groupsOf(address))) return 'never';
  if (PRIVATE.check(address, 'ipv6')) return 'private';
  if (!GLOBAL_V6.check(address, 'ipv6') || NEVER_V6.check(address, 'ipv6')) return 'never';
  return 'public';
}

function kindOfV4(address: string): AddressKind {
  if (METADATA.includes(address) || NEVER.check(address, 'ipv4')) return 'never';
  return PRIVATE.check(address, 'ipv4') ? 'private' : 'public';
}

/** The IPv4 address that an IPv6 address stands for. Decoded here: what BlockList makes of such forms differs by version. */
function embeddedV4(address: string): string | undefined {
  const groups = groupsOf(address).split(':');
  if (!EMBEDDING.includes(groups.slice(0, 6).join(':'))) return undefined;
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The eight groups in hex without leading zeros: one text for every way to write an IPv6 address. */
function groupsOf(address: string): string {
  if (!isIPv6(address)) return address;
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].join(':');
}

function listOf(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', bits] = subnet.split('/');
    list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return list;
}
