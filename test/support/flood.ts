// A program that is one device and publishes as fast as it can: `node flood.ts <port> <client id> <topic>`, at QoS 0. A process by
// itself, so that whoever is measured beside it is not held up by it.

import { connect } from 'node:net';
import { generate } from 'mqtt-packet';

const [port, clientId = '', topic = ''] = process.argv.slice(2);
const PER_WRITE = 500;

const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
socket.write(generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean: true, keepalive: 0 }));
const payload = JSON.stringify({ value: 1, text: 'x'.repeat(80) });
const one = generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
const many = Buffer.concat(Array.from({ length: PER_WRITE }, () => one));
const pour = () => void socket.write(many, pour);
socket.once('data', pour);
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(1));
