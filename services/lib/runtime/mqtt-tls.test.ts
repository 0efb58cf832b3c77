// TLS to a real broker (Debian's mosquitto, where it is installed), and what is said where the two do not agree.

import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startMosquitto } from '../../../test/support/brokers.ts';
import { findProgram, freePorts, tempFolder } from '../../../test/support/processes.ts';
import { expired, FileAuthority, type IssuedFiles } from '../../../test/support/test-certificates.ts';
import { brokerAddress } from './broker-address.ts';
import { silentLog } from './log.ts';
import { openMqttBus } from './mqtt-bus.ts';
import type { TlsFiles } from './mqtt-tls.ts';
import { readTls } from './mqtt-tls.ts';
import { brokerSection } from './sections.ts';

const isMissing = findProgram('mosquitto') === undefined;
if (isMissing) process.stderr.write('mqtt-tls.test.ts: skipped, mosquitto is not installed\n');

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

describe.skipIf(isMissing)('TLS to the broker', () => {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(tempFolder()).path;
  const file = (name: string) => path.join(folder, name);
  let ports: number[] = [];
  let authority: FileAuthority;
  let stranger: FileAuthority;
  let ours: IssuedFiles;
  let foreign: IssuedFiles;
  afterAll(() => stack.disposeAsync());

  beforeAll(async () => {
    ports = await freePorts(4);
    authority = await FileAuthority.make(folder, 'authority');
    stranger = await FileAuthority.make(folder, 'stranger');
    ours = await authority.client('ours');
    foreign = await stranger.client('foreign');
    const server = await authority.server('server', ['broker.test', '127.0.0.1']);
    const old = await authority.server('expired', ['127.0.0.1'], expired());
    const listener = (port: number | undefined, { certFile, keyFile }: IssuedFiles) => [
      `listener ${port} 127.0.0.1`,
      `cafile ${authority.caFile}`,
      `certfile ${certFile}`,
      `keyfile ${keyFile}`,
    ];
    const lines = [
      ...listener(ports[1], server),
      ...listener(ports[2], old),
      ...listener(ports[3], server),
      'require_certificate true',
    ];
    stack.use(await startMosquitto(folder, ports[0] ?? 0, lines));
  });

  const PLAIN = 0;
  const OPEN = 1;
  const EXPIRED = 2;
  const MUTUAL = 3;
  /** What publishing there ends in: it is taken, or what is wrong. */
  async function attempt(listener: number, tls: TlsFiles, host = '127.0.0.1', scheme = 'mqtts'): Promise<string> {
    const url = `${scheme}://${host}:${ports[listener]}`;
    await using bus = openMqttBus({ url, tls, clientId: 'tester' }, silentLog());
    let isTaken = false;
    bus.publish('a', 'x').then(
      () => (isTaken = true),
      () => {},
    );
    return await soon(() => {
      const problem = bus.problem();
      if (!isTaken && (problem === undefined || problem === 'connecting')) throw new Error('neither yet');
      return isTaken ? 'taken' : (problem ?? '');
    });
  }

  test('a broker whose certificate is good takes us, and our own certificate where it asks for one', async () => {
    const { caFile } = authority;
    expect(await attempt(OPEN, { caFile })).toBe('taken');
    expect(await attempt(OPEN, { caFile, serverName: 'broker.test' })).toBe('taken');
    expect(await attempt(MUTUAL, { caFile, ...ours })).toBe('taken');
  });

  test.each<[what: string, listener: number, tls: () => TlsFiles, words: string, host?: string]>([
    ['an authority that nobody named', OPEN, () => ({}), 'signed by somebody we do not trust ('],
    [
      'another authority',
      OPEN,
      () => ({ caFile: stranger.caFile }),
      'stranger.crt (PENSTOCK_BROKER_CA_FILE) is not of',
    ],
    ['an expired certificate', EXPIRED, () => ({ caFile: authority.caFile }), 'has expired; renew it at the broker'],
    ['another name', OPEN, () => ({ caFile: authority.caFile }), "is not for 'localhost'; use the name", 'localhost'],
    [
      'another name than was set',
      OPEN,
      () => ({ caFile: authority.caFile, serverName: 'other.test' }),
      "is not for 'other.test'; use the name",
    ],
    ['no certificate of ours', MUTUAL, () => ({ caFile: authority.caFile }), 'wants a certificate of ours'],
    [
      'a certificate of ours that it does not trust',
      MUTUAL,
      () => ({ caFile: authority.caFile, ...foreign }),
      'does not take our certificate',
    ],
    ['a broker without TLS', PLAIN, () => ({ caFile: authority.caFile }), 'does not speak TLS; use mqtt:// in'],
  ])('%s is told in words', async (_, listener, tls, words, host) => {
    const said = await attempt(listener, tls(), host);
    expect(said).toContain(words);
  });

  test('TLS where none was asked for is told in words', async () => {
    expect(await attempt(OPEN, {}, '127.0.0.1', 'mqtt')).toMatch(/without an answer to our login; .*mqtts:/);
  });

  test('a file that is renewed is taken at the next connection, and one that has gone meanwhile is named', async () => {
    const caFile = file('renewed.crt');
    copyFileSync(stranger.caFile, caFile);
    const url = `mqtts://127.0.0.1:${ports[OPEN]}`;
    await using bus = openMqttBus({ url, tls: { caFile }, clientId: 'tester' }, silentLog());
    const taken = bus.publish('a', 'x');
    await soon(() => expect(bus.problem()).toContain('is not of who signed it'));
    writeFileSync(caFile, '');
    await soon(() => expect(bus.problem()).toContain('renewed.crt holds no certificate in PEM format'));
    copyFileSync(authority.caFile, caFile);
    await taken;
  });

  describe('settings that cannot work are refused at the start', () => {
    test.each<[what: string, tls: () => TlsFiles, words: RegExp]>([
      [
        'no such file',
        () => ({ caFile: file('none.crt') }),
        /^PENSTOCK_BROKER_CA_FILE: cannot read .*none\.crt \(ENOENT\)$/,
      ],
      [
        'a key in place of a certificate',
        () => ({ caFile: ours.keyFile }),
        /^PENSTOCK_BROKER_CA_FILE: .*ours\.key holds no certificate/,
      ],
      [
        'a certificate without its key',
        () => ({ certFile: ours.certFile }),
        /CERT_FILE is set without PENSTOCK_BROKER_KEY_FILE/,
      ],
      [
        'a key without its certificate',
        () => ({ keyFile: ours.keyFile }),
        /KEY_FILE is set without PENSTOCK_BROKER_CERT_FILE/,
      ],
      [
        "another's key",
        () => ({ ...ours, keyFile: foreign.keyFile }),
        /cannot be used together: the key is of another/,
      ],
    ])('%s', (_, tls, words) => {
      expect(() => readTls(tls(), 'broker.test')).toThrow(words);
    });

    test('files for TLS beside an address without', () => {
      const broker = brokerSection.parse({ url: 'mqtt://broker.test', caFile: authority.caFile });
      expect(() => brokerAddress(broker)).toThrow(
        /for TLS, and mqtt:\/\/broker\.test is without; set PENSTOCK_BROKER_URL/,
      );
      expect(brokerAddress({ ...broker, url: 'mqtts://broker.test' }).tls).toMatchObject({ caFile: authority.caFile });
    });
  });
});
