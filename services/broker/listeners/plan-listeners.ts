// Which listeners the settings ask for, and what is wrong with that: what comes from other machines must not be read or
// changed on the way. That nobody comes from there without a login is the gate's (access/gate.ts).

import type { BrokerListening } from '#runtime/broker-listening.ts';
import { environmentName } from '#runtime/config.ts';
import { isLoopback } from '#runtime/sections.ts';
import type { ListenerPlan } from './listener.ts';

const named = (key: keyof BrokerListening) => environmentName('broker', key);

/** The setting that moves a listener. */
export const PORT_SETTINGS = { tcp: 'port', tls: 'tlsPort', ws: 'wsPort', wss: 'wssPort' } as const;
const HOST_SETTINGS = { tcp: 'host', tls: 'tlsHost', ws: 'wsHost', wss: 'tlsHost' } as const;

/** @param hasCertificate without one there is no TLS listener, unless it was asked for */
export function planListeners(broker: BrokerListening, hasCertificate: boolean): ListenerPlan[] {
  return (['tcp', 'tls', 'ws', 'wss'] as const).flatMap((kind) => {
    const port = broker[PORT_SETTINGS[kind]];
    if (port === 'off' || (kind === 'tls' && !hasCertificate)) return [];
    return [{ kind, host: broker[HOST_SETTINGS[kind]], port }];
  });
}

export type Guards = {
  readonly hasCertificate: boolean;
  readonly hasAuthority: boolean;
};

/** Why the broker may not listen so, each with the ways out; empty where it may. */
export function listenerProblems(broker: BrokerListening, guards: Guards): string[] {
  const { hasCertificate, hasAuthority } = guards;
  const problems = planListeners(broker, hasCertificate).flatMap((plan) => openProblems(plan, broker));
  const make = `make one (\`penstock cert init\`), name one (${named('tlsCertFile')})`;
  if (!hasCertificate) {
    if (broker.wssPort !== 'off')
      problems.push(`secure WebSocket needs a certificate: ${make}, or set ${named('wssPort')} to off`);
    if (broker.tlsClientCertificates !== 'off')
      problems.push(
        `clients can show a certificate only where the broker has one: ${make}, or set ${named('tlsClientCertificates')} to off`,
      );
    if (broker.tlsKeyFile !== undefined)
      problems.push(`${named('tlsKeyFile')} is the key of a certificate; name that too (${named('tlsCertFile')})`);
  } else if (broker.tlsClientCertificates !== 'off' && !hasAuthority)
    problems.push(
      `the certificates of clients are verified by their authority, and there is none; name it (${named('tlsCaFile')}), or set ${named('tlsClientCertificates')} to off`,
    );
  return problems;
}

function openProblems({ kind, host }: ListenerPlan, { plaintext }: BrokerListening): string[] {
  const isPlain = kind === 'tcp' || kind === 'ws';
  if (isLoopback(host) || !isPlain || plaintext === 'allow') return [];
  return [
    `will not listen on ${host} without encryption: whoever is between could read passwords and write values; listen there with TLS (${named('tlsHost')}) and set ${named(HOST_SETTINGS[kind])} to 127.0.0.1, or say that this network is trusted (${named('plaintext')}=allow)`,
  ];
}
