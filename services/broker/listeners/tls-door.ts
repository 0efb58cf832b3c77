// TLS 1.2 and 1.3 in front of whatever comes behind. The server of Node's that stands here listens nowhere: it is handed
// the sockets that were admitted, and its certificate can be exchanged without touching a connection that stands.

import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import type { BrokerListening } from '#runtime/broker-listening.ts';
import type { ClientCertificate } from './connection.ts';

export type TlsDoorOptions = {
  readonly clientCertificates: BrokerListening['tlsClientCertificates'];
  /** What is spoken behind it: who asks for something else only is refused [RFC 7301, 3.2]; who does not ask is let in. */
  readonly protocol: 'mqtt' | 'http/1.1';
  readonly secure: () => SecureContextOptions;
  readonly isRevoked: (certificate: ClientCertificate) => boolean;
  readonly onRefused: (reason: 'tls' | 'certificate') => void;
};

type OnOpen = (stream: TLSSocket, certificate: ClientCertificate | undefined) => void;

export class TlsDoor {
  readonly #options: TlsDoorOptions;
  readonly #server: Server;
  /** Sockets in their handshake, by the peer's address and port. */
  readonly #pending = new Map<string, OnOpen>();

  constructor(options: TlsDoorOptions) {
    const { clientCertificates, protocol, onRefused } = options;
    this.#options = options;
    this.#server = createServer({
      ...this.#context(),
      ALPNProtocols: [protocol],
      requestCert: clientCertificates !== 'off',
      rejectUnauthorized: false, // judged below, where the reason can be told
    });
    this.#server.on('secureConnection', (stream) => this.#judge(stream));
    this.#server.on('tlsClientError', (_error, stream) => {
      onRefused('tls');
      stream.destroy();
    });
  }

  pass(socket: Socket, onOpen: OnOpen): void {
    const key = keyOf(socket);
    this.#pending.set(key, onOpen);
    socket.once('close', () => this.#pending.delete(key));
    this.#server.emit('connection', socket);
  }

  /** From the next handshake on the certificates are those that `secure` gives now. */
  renew(): void {
    this.#server.setSecureContext(this.#context());
  }

  #context(): SecureContextOptions {
    const { secure, clientCertificates } = this.#options;
    // A session that is resumed shows no certificate again, and would pass with one that was revoked meanwhile.
    const secureOptions = clientCertificates === 'off' ? 0 : constants.SSL_OP_NO_TICKET;
    return { ...secure(), minVersion: 'TLSv1.2', secureOptions };
  }

  #judge(stream: TLSSocket): void {
    const key = keyOf(stream);
    const onOpen = this.#pending.get(key);
    this.#pending.delete(key);
    stream.on('error', () => {}); // `close` follows
    const certificate = this.#certificateOf(stream);
    if (onOpen === undefined || certificate === 'refused') {
      if (onOpen !== undefined) this.#options.onRefused('certificate');
      stream.destroy();
    } else onOpen(stream, certificate);
  }

  #certificateOf(stream: TLSSocket): ClientCertificate | 'refused' | undefined {
    const { clientCertificates, isRevoked } = this.#options;
    if (clientCertificates === 'off') return undefined;
    const shown = stream.getPeerX509Certificate();
    if (shown === undefined) return clientCertificates === 'required' ? 'refused' : undefined;
    // One that cannot be verified is refused also where none is asked for: its owner would be somebody else without a word.
    if (!stream.authorized) return 'refused';
    const { CN: name } = stream.getPeerCertificate().subject as { readonly CN?: string | string[] };
    const certificate = {
      name: typeof name === 'string' ? name : undefined,
      issuer: shown.issuer,
      serial: shown.serialNumber,
    };
    return isRevoked(certificate) ? 'refused' : certificate;
  }
}

function keyOf({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${remoteAddress} ${remotePort}`;
}
