// TLS: who is let in, who is not, and what may change while clients are connected.

import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { Metrics } from '#runtime/metrics.ts';
import { type DialOptions, dial } from '../../../test/support/dial.ts';
import { tempFolder } from '../../../test/support/processes.ts';
import { expired, pairOf, TestCertificates } from '../../../test/support/test-certificates.ts';
import type { Arrival } from './connection.ts';
import { openListeners } from './listeners.ts';
import { openTestListeners, type TestListeners } from './test-listeners.ts';

const DEVICE = 'lyon/tank-farm/tank-01';

let connected = 0;
let broker: TestListeners;
let opened: AsyncDisposableStack;
const open = async (...options: Parameters<typeof openTestListeners>) => {
  opened = new AsyncDisposableStack();
  const [more] = options;
  broker = opened.use(await openTestListeners({ devices: [DEVICE, 'bad', 'good', 'late'], ...more }));
};
afterEach(() => opened.disposeAsync());

const letIn = (options: DialOptions & { readonly door?: 'tls' | 'wss' } = {}) => {
  const { door = 'tls', ...rest } = options;
  return broker.dial(door, rest).letIn({ clientId: `client-${connected++}` });
};
const isLetIn = (options?: Parameters<typeof letIn>[0]) =>
  letIn(options).then(
    () => true,
    () => false,
  );

/** What a handshake that goes wrong ends with at the client; the protocol where it does not. */
async function handshake(options: ConnectionOptions): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: broker.ports.tls, ca: broker.made.ca, ...options });
  opened.defer(() => void socket.destroy());
  return new Promise((resolve) => {
    socket.once('secureConnect', () => resolve(socket.getProtocol() ?? ''));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

describe('without certificates of clients', () => {
  test.each([
    ['TLSv1', /PROTOCOL|ALERT|unsupported/i],
    ['TLSv1.1', /PROTOCOL|ALERT|unsupported/i],
    ['TLSv1.2', /^TLSv1.2$/],
    ['TLSv1.3', /^TLSv1.3$/],
  ] as const)('%s ends in %s', async (version, outcome) => {
    await open();
    const range = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await handshake(range)).toMatch(outcome);
    if (version < 'TLSv1.2')
      expect(await broker.counted('broker_handshakes_failed_total{listener="tls",reason="tls"}')).toBe(1);
  });

  test('a client that knows another authority, or another name, does not connect', async () => {
    await open();
    using folder = tempFolder();
    const other = await TestCertificates.make(folder.path);
    expect(await handshake({ ca: other.ca })).toMatch(/^(UNABLE_TO_VERIFY|SELF_SIGNED|CERT_SIGNATURE|DEPTH_ZERO)/);
    expect(await handshake({ servername: 'elsewhere.test' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await handshake({ servername: 'broker.test' })).toBe('TLSv1.3');
  });

  test('whoever offers protocols is told mqtt, and refused where that is not among them', async () => {
    await open();
    expect(await handshake({ ALPNProtocols: ['mqtt'] })).toBe('TLSv1.3');
    expect(await handshake({ ALPNProtocols: ['other', 'mqtt'] })).toBe('TLSv1.3');
    expect(await handshake({ ALPNProtocols: ['http/1.1'] })).toMatch(/NO_APPLICATION_PROTOCOL/);
    expect(await handshake({ port: broker.ports.wss, ALPNProtocols: ['http/1.1'] })).toBe('TLSv1.3');
  });

  test('what is no TLS ends its own connection only', async () => {
    await open();
    const good = await letIn();
    const plain = dial('tcp', broker.ports.tls);
    plain.on('error', () => {});
    plain.resume();
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await once(plain, 'close');
    good.send({ cmd: 'pingreq' });
    await good.next('pingresp');
    expect(await broker.counted('broker_handshakes_failed_total{listener="tls",reason="tls"}')).toBe(1);
  });

  test('a certificate that is shown unasked means nothing', async () => {
    await open();
    expect(await isLetIn(await broker.made.client('anybody'))).toBe(true);
  });
});

describe.each(['tls', 'wss'] as const)('with certificates of clients at %s', (door) => {
  test.each(['required', 'optional'] as const)('where they are %s', async (clientCertificates) => {
    await open({ clientCertificates });
    using folder = tempFolder();
    const other = await TestCertificates.make(folder.path);
    const { made } = broker;
    const own = await made.client(DEVICE);
    const refused = async () =>
      broker.counted(`broker_handshakes_failed_total{listener="${door}",reason="certificate"}`);
    expect(await isLetIn({ door, ...own })).toBe(true);
    expect(await isLetIn({ door, ...own, maxVersion: 'TLSv1.2' })).toBe(true);
    expect(await isLetIn({ door })).toBe(clientCertificates === 'optional');
    const before = await refused();
    expect(await isLetIn({ door, ...(await other.client(DEVICE)) })).toBe(false);
    expect(await isLetIn({ door, ...(await made.client('late', expired())) })).toBe(false);
    expect(await isLetIn({ door, ...pairOf(await made.server()) })).toBe(false); // a server's is no client's
    expect(await refused()).toBe(before + 3);
  });
});

test('a revoked client is ended at once, and not let in again, also by a session it kept', async () => {
  await open({ clientCertificates: 'required' });
  const [bad, good] = [await broker.made.client('bad'), await broker.made.client('good')];
  const [first, other] = [await letIn(bad), await broker.dial('wss', good).letIn({ clientId: 'other' })];
  let session: Buffer | undefined;
  const tls = connect({ host: '127.0.0.1', port: broker.ports.tls, ca: broker.made.ca, ...bad, maxVersion: 'TLSv1.2' });
  tls.on('error', () => {});
  tls.on('session', (kept) => {
    session = kept;
  });
  await once(tls, 'secureConnect');
  session ??= tls.getSession();
  await broker.made.revoke(bad.serial);
  broker.certificates.reload();
  await first.closed;
  expect(broker.certificates.problem).toBeUndefined();
  expect(await isLetIn(bad)).toBe(false);
  expect(await isLetIn({ ...bad, maxVersion: 'TLSv1.2', ...(session === undefined ? {} : { session }) })).toBe(false);
  other.send({ cmd: 'pingreq' });
  await other.next('pingresp');
  expect(await isLetIn(good)).toBe(true);
});

test('a new certificate serves new clients, and the others stay; what is broken changes nothing', async () => {
  await open();
  const { made, certificates } = broker;
  const join = async (clientId: string) => {
    const client = await broker.dial('tls').letIn({ clientId });
    return [client, (client.socket as TLSSocket).getPeerX509Certificate()?.serialNumber] as const;
  };
  const [first, firstSerial] = await join('first');
  const renewed = await made.rotate();
  certificates.reload();
  const [second, secondSerial] = await join('second');
  expect([firstSerial === renewed.serial, secondSerial]).toEqual([false, renewed.serial]);
  for (const [file, content, words] of BROKEN) {
    made.overwrite(file, content === 'the authority' ? made.ca : content);
    certificates.reload();
    expect(certificates.problem, file).toContain(words);
    expect((await join('next'))[1]).toBe(renewed.serial);
    made.overwrite('ca', made.ca);
    made.store.writeServer(renewed);
    await made.store.writeRevocations(made.authority, [], Date.now());
    certificates.reload();
    expect(certificates.problem).toBeUndefined();
  }
  await made.rotate(expired());
  certificates.reload();
  expect(certificates.problem).toContain('expired on');
  expect((await join('next'))[1]).toBe(renewed.serial);
  for (const client of [first, second]) {
    client.send({ cmd: 'pingreq' });
    await client.next('pingresp');
  }
});

const BROKEN = [
  ['cert', '', 'holds no certificate'],
  ['cert', 'the authority', 'is not the key of'],
  ['key', 'nonsense', 'server-key.pem cannot be used'],
  ['ca', 'nonsense', 'ca.pem holds no certificate'],
  ['crl', 'nonsense', 'crl.pem cannot be used: it is not a revocation list'],
] as const;

test('whoever decides on rights is told by which door a client came, from where, and its certificate', async () => {
  await open();
  const { made, certificates } = broker;
  const arrivals: Arrival[] = [];
  const plans = (['tcp', 'tls', 'ws', 'wss'] as const).map((kind) => ({
    kind,
    host: kind === 'ws' ? '::' : '127.0.0.1',
    port: 0,
  }));
  const listeners = opened.use(
    await openListeners({
      plans,
      certificates,
      clientCertificates: 'optional',
      limits: {
        connectionsMax: 10,
        connectionsPerAddressMax: 10,
        connectionsPerSecondMax: 0,
        connectBytesMax: 4_096,
        packetBytesMax: 65_536,
      },
      metrics: new Metrics('broker'),
      letInWithinMs: 5_000,
      onConnection: (arrival) => {
        arrivals.push(arrival);
        arrival.stream.resume();
      },
    }),
  );
  const named = await made.client(DEVICE);
  for (const { kind, port } of listeners.opened) {
    const stream = dial(kind, port, { ca: made.ca, ...(kind === 'tls' ? named : {}) });
    opened.defer(() => void stream.destroy());
    stream.on('error', () => {});
    stream.write('x'); // which waits for the doors
    while (arrivals.at(-1)?.listener !== kind) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(
    arrivals.map(({ listener, address, isLoopbackListener, certificateName }) => [
      listener,
      address,
      isLoopbackListener,
      certificateName,
    ]),
  ).toEqual([
    ['tcp', '127.0.0.1', true, undefined],
    ['tls', '127.0.0.1', true, 'lyon/tank-farm/tank-01'],
    ['ws', '127.0.0.1', false, undefined],
    ['wss', '127.0.0.1', true, undefined],
  ]);
});
