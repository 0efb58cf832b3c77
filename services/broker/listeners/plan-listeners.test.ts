import { expect, test } from 'vitest';
import { brokerSection } from '#runtime/sections.ts';
import { type Guards, listenerProblems, planListeners } from './plan-listeners.ts';

const settings = (words: object = {}) => brokerSection.parse(words);
const kinds = (words: object, hasCertificate: boolean) =>
  planListeners(settings(words), hasCertificate).map(({ kind, host, port }) => `${kind} ${host} ${port}`);

test('by default it listens on loopback: MQTT, WebSocket, and TLS where there is a certificate', () => {
  expect(kinds({}, false)).toEqual(['tcp 127.0.0.1 1883', 'ws 127.0.0.1 9001']);
  expect(kinds({}, true)).toEqual(['tcp 127.0.0.1 1883', 'tls 127.0.0.1 8883', 'ws 127.0.0.1 9001']);
  expect(kinds({ tlsPort: 'off', wsPort: 'off' }, true)).toEqual(['tcp 127.0.0.1 1883']);
  expect(kinds({ wssPort: 9002, tlsHost: '0.0.0.0' }, true)).toContain('wss 0.0.0.0 9002');
});

const ALL = { hasCertificate: true, hasAuthority: true };
const BARE = { hasCertificate: false, hasAuthority: false };

test.each<readonly [what: string, words: object, guards: Guards, problems: readonly RegExp[]]>([
  ['loopback', {}, ALL, []],
  [
    'MQTT',
    { host: '0.0.0.0' },
    ALL,
    [/TLS \(PENSTOCK_BROKER_TLS_HOST\) and set PENSTOCK_BROKER_HOST to.*PLAINTEXT=allow/],
  ],
  ['WebSocket', { wsHost: '::' }, ALL, [/and set PENSTOCK_BROKER_WS_HOST to.*PLAINTEXT=allow/]],
  ['both', { host: '192.0.2.1', wsHost: '::' }, ALL, [/192\.0\.2\.1/, /::/]],
  ['a trusted network', { host: '0.0.0.0', wsHost: '::', plaintext: 'allow' }, ALL, []],
  ['TLS', { tlsHost: '0.0.0.0', wssPort: 9002, tlsClientCertificates: 'required' }, ALL, []],
  ['secure WebSocket without any', { wssPort: 9002 }, BARE, [/needs a certificate.*cert init.*WSS_PORT to off/]],
  ['certificates of clients only', { tlsClientCertificates: 'required' }, BARE, [/only where the broker has one/]],
  ['no authority', { tlsClientCertificates: 'required' }, { ...ALL, hasAuthority: false }, [/TLS_CA_FILE/]],
  ['a key alone', { tlsKeyFile: 'k' }, BARE, [/PENSTOCK_BROKER_TLS_CERT_FILE/]],
])('%s', (_, words, guards, problems) => {
  expect(listenerProblems(settings(words), guards)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
});
