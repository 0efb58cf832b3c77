// A rejection as a person or a program is shown it. What a device sent is not trusted to be text.

import { isUtf8 } from 'node:buffer';
import { formatMoment } from '#rules/backtest/format-time.ts';
import type { KeptRejection } from '#runtime/rejected-log/read-rejected.ts';
import { printable } from '../printable.ts';

const DUMP_BYTES = 16;

/** Everything about it, its payload in lines of text or as a dump of bytes; without a newline at the end. */
export function rejectionText(rejection: KeptRejection): string {
  const { id, topic, receivedAt, retained, replayedAt, refusals, payload, payloadBytes } = rejection;
  const isCut = payload.length < payloadBytes;
  const rows = [
    ['id', id],
    ['topic', topic],
    ['received', `${formatMoment(receivedAt)} UTC${retained ? ', from what the broker had retained' : ''}`],
    ...(replayedAt === undefined ? [] : [['replayed', `${formatMoment(replayedAt)} UTC`]]),
    ...refusals.flatMap(({ reason, message, place }) => [
      [reason, message],
      ...(place === undefined ? [] : [['at', place]]),
    ]),
    ['payload', `${payloadBytes} bytes${isCut ? `, of which the first ${payload.length} are kept` : ''}`],
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  const head = rows.map(([name = '', text = '']) => `${name.padEnd(width)}  ${printable(text)}`);
  return [...head, '', ...payloadLines(Buffer.from(payload))].join('\n');
}

function payloadLines(payload: Buffer): string[] {
  if (payload.length === 0) return ['(empty)'];
  if (isUtf8(payload)) return payload.toString().split('\n').map(printable);
  return Array.from({ length: Math.ceil(payload.length / DUMP_BYTES) }, (_, i) => dumpLine(payload, i * DUMP_BYTES));
}

/** `00000010  7b 22 …  {"…`. */
function dumpLine(payload: Buffer, offset: number): string {
  const bytes = payload.subarray(offset, offset + DUMP_BYTES);
  const hex = bytes.toString('hex').replace(/..(?=.)/g, '$& ');
  const text = bytes.toString('latin1').replace(/[^ -~]/g, '.');
  return `${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(DUMP_BYTES * 3 - 1)}  ${text}`;
}
