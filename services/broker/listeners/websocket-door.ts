// The upgrade to WebSocket. The only file that imports ws. As with TLS the servers that stand here listen nowhere.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isOriginAllowed } from './origins.ts';
import { WebSocketStream } from './websocket-stream.ts';

export type WebSocketDoorOptions = {
  readonly origins: readonly string[];
  /** Longest packet before a client is let in, and after. */
  readonly connectBytesMax: number;
  readonly packetBytesMax: number;
  readonly onRefused: (reason: UpgradeRefusal) => void;
};

export type UpgradeRefusal = 'http' | 'path' | 'subprotocol' | 'origin';

/** Its `letIn` is to be called when the client is: from then on its messages may be long. */
type OnOpen = (stream: WebSocketStream, letIn: () => void) => void;

const SUBPROTOCOL = 'mqtt';
const PATHS: readonly (string | undefined)[] = ['/', '/mqtt'];
/** A message is in memory as a whole before it is looked at, and a stranger's is not to be long. */
const FIRST_MESSAGE_BYTES = 16 * 1024;
/** Clients put what they have to say into one message: mqtt.js a whole burst. */
const MESSAGE_BYTES = 1024 * 1024;
const HEADER_BYTES_MAX = 8 * 1024;
/** For the other side's goodbye. */
const CLOSE_MS = 1_000;
/** Fragments of one message; a client that sends it byte by byte costs more than the bytes. */
const FRAGMENTS_MAX = 1_024;

const REFUSALS: Readonly<Record<UpgradeRefusal, readonly [status: string, words: string]>> = {
  http: ['426 Upgrade Required', 'MQTT over WebSocket is spoken here, and nothing else.'],
  path: ['404 Not Found', 'MQTT over WebSocket is at /mqtt.'],
  subprotocol: ['400 Bad Request', 'The subprotocol must be mqtt.'],
  origin: ['403 Forbidden', 'Pages of this origin may not connect; PENSTOCK_BROKER_WS_ORIGINS lists those that may.'],
};

export class WebSocketDoor {
  readonly #options: WebSocketDoorOptions;
  readonly #http: Server;
  readonly #upgrader: WebSocketServer;
  readonly #pending = new WeakMap<Duplex, OnOpen>();

  constructor(options: WebSocketDoorOptions) {
    this.#options = options;
    this.#upgrader = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false, // kilobytes of memory for each connection, and bombs
      handleProtocols: () => SUBPROTOCOL,
      maxPayload: Math.max(FIRST_MESSAGE_BYTES, options.connectBytesMax),
      ...{ maxFragments: FRAGMENTS_MAX, closeTimeout: CLOSE_MS }, // which its types do not know
    });
    this.#http = createServer({ maxHeaderSize: HEADER_BYTES_MAX }, ({ socket }) => this.#refuse(socket, 'http'));
    this.#http.on('upgrade', (request, stream, head) => this.#upgrade(request, stream, head));
    this.#http.on('clientError', (_error, stream) => {
      options.onRefused('http');
      stream.destroy();
    });
  }

  pass(stream: Duplex, onOpen: OnOpen): void {
    this.#pending.set(stream, onOpen);
    this.#http.emit('connection', stream);
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const onOpen = this.#pending.get(stream);
    const refusal = upgradeRefusal(request, this.#options.origins);
    if (onOpen === undefined || refusal !== undefined) this.#refuse(stream, refusal ?? 'http');
    else
      this.#upgrader.handleUpgrade(request, stream, head, (socket) =>
        onOpen(new WebSocketStream(socket), () => this.#allowLongMessages(socket)),
      );
  }

  #refuse(stream: Duplex, reason: UpgradeRefusal): void {
    this.#options.onRefused(reason);
    const [status, words] = REFUSALS[reason];
    const headers = ['Connection: close', 'Upgrade: websocket', 'Content-Type: text/plain'];
    stream.on('error', () => {}); // `close` follows
    stream.end(
      [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${words.length + 1}`, '', `${words}\n`].join('\r\n'),
      () => stream.destroy(),
    );
  }

  /** ws knows one limit for the whole life of a connection; this is where it keeps it. Its version is pinned. */
  #allowLongMessages(socket: WebSocket): void {
    const { _receiver: receiver } = socket as unknown as { _receiver?: { _maxPayload: number } };
    if (receiver !== undefined) receiver._maxPayload = Math.max(MESSAGE_BYTES, this.#options.packetBytesMax);
  }
}

/** undefined where the request may be upgraded. */
export function upgradeRefusal(
  { url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>,
  origins: readonly string[],
): UpgradeRefusal | undefined {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 'http';
  if (!PATHS.includes(url.split('?')[0])) return 'path';
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!offered.includes(SUBPROTOCOL)) return 'subprotocol'; // [MQTT-6.0.0-3]
  return isOriginAllowed(headers.origin, headers.host, origins) ? undefined : 'origin';
}
