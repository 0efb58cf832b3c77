// A program that guesses logins at a broker: `node wrong-logins.ts <port> <attempts a second> <user name>`, each on a connection
// of its own. A process by itself, so that whoever is measured beside it is not held up by it. It says what it did, a line of
// JSON each second.

import { connect } from 'node:net';
import { generate } from 'mqtt-packet';

const [port, rate, username = ''] = process.argv.slice(2);
const SLICE_MS = 5;
/** Beyond it the broker is behind, and the next attempts wait as those of a real attacker would for his sockets. */
const OPEN_MAX = 4_000;
const RETURN_CODE_AT = 3;

let [tried, open, refused, cut] = [0, 0, 0, 0];

function guess(): void {
  const n = tried++;
  open++;
  let isAnswered = false;
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  socket.on('connect', () => {
    const password = Buffer.from(`guess ${n}`);
    const client = { clientId: `guesser-${n}`, clean: true, keepalive: 0, username, password };
    socket.write(generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, ...client }));
  });
  socket.on('data', (chunk: Buffer) => {
    isAnswered = chunk[RETURN_CODE_AT] !== 0;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    open--;
    if (isAnswered) refused++;
    else cut++;
  });
}

const startedAt = performance.now();
setInterval(() => {
  const due = ((performance.now() - startedAt) * Number(rate)) / 1_000;
  while (tried < due && open < OPEN_MAX) guess();
}, SLICE_MS);
setInterval(() => process.stdout.write(`${JSON.stringify({ tried, refused, cut, open })}\n`), 1_000);
