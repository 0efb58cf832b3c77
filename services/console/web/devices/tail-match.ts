// Which message a point or a refusal came from. No message says it, so it is found: a refusal quotes its message, and a point has the
// name, and mostly the value, that stands in one. What fits none stands alone. Pure.

import type { RejectLine, TailPoint } from '../../api/devices.ts';
import type { RawKept } from './tail-lines.ts';

/** Messages that are looked through, the newest first: ingest answers within a batch or two. */
export const LOOKED_MAX = 100;
/** What comes so long after a message that names nothing in text was not made of it. */
const NAMELESS_MS_MAX = 2_000;

const VALUES = /\/(?:tele|event)$/;

/** Whether ingest makes points of what comes there, or refuses it. */
export function bearsValues({ topic }: Pick<RawKept, 'topic'>): boolean {
  return VALUES.test(topic);
}

/** @param raws the newest first */
export function messageOfReject(raws: readonly RawKept[], reject: RejectLine): RawKept | undefined {
  const { topic, payload, encoding, bytes } = reject;
  return raws.find(
    (raw) =>
      raw.topic === topic && raw.bytes === bytes && raw.encoding === encoding && isSameStart(raw.payload, payload),
  );
}

/** Either may be cut shorter. */
function isSameStart(a: string, b: string): boolean {
  return a.length <= b.length ? b.startsWith(a) : a.startsWith(b);
}

/** @param raws the newest first */
export function messageOfPoint(
  raws: readonly RawKept[],
  { metric, value }: Pick<TailPoint, 'metric' | 'value'>,
  receivedAt: number,
): RawKept | undefined {
  const bearing = raws.filter(bearsValues);
  const naming = bearing.filter(({ encoding, payload }) => encoding === 'text' && payload.includes(metric));
  const exact = naming.find(({ payload }) => payload.includes(String(value)));
  const [newest] = bearing;
  const isNameless = newest !== undefined && receivedAt - newest.receivedAt <= NAMELESS_MS_MAX;
  return exact ?? naming[0] ?? (isNameless ? newest : undefined);
}
