// For tests of formats: a payload decoded as ingest would, and its records in short.

import type { Layout } from '#runtime/binary-layout.ts';
import { type Decoded, type FormatOptions, NO_OPTIONS } from '../record.ts';
import { FORMATS, type FormatName } from './formats.ts';

export const NOW = 1_795_355_425_172;

export type Given = {
  readonly metric?: string | null;
  readonly options?: Partial<FormatOptions>;
  readonly layouts?: readonly Layout[];
};

export function decode(format: FormatName, payload: string | Uint8Array, given: Given = {}): Decoded {
  const { metric = null, options, layouts = [] } = given;
  const context = {
    metric,
    now: NOW,
    layouts,
    options: options === undefined ? NO_OPTIONS : { ...NO_OPTIONS, ...options },
  };
  return FORMATS[format].decode(Buffer.from(payload as string), context);
}

/** `metric=value` with a mark for unit, quality and history, and `@time`, `#boot.n` and the sender where the record has them. */
export function show({ records }: Decoded): string[] {
  return records.flatMap((record) =>
    record.metrics.map(({ metric, value, quality, unit }) =>
      [
        `${metric}=${JSON.stringify(value)}`,
        unit === undefined ? '' : ` ${unit}`,
        quality === 'good' ? '' : ` ${quality}`,
        record.isHistory ? ' hist' : '',
        record.measuredAt === null ? '' : ` @${record.measuredAt}`,
        record.sequence === null ? '' : ` #${record.sequence.boot}.${record.sequence.n}`,
        ...[...(record.sender ?? [])].map(([field, text]) => ` <${field}:${text}>`),
      ].join(''),
    ),
  );
}

export function sentences({ refusals }: Decoded): string[] {
  return refusals.map(({ reason, message }) => `${reason}: ${message}`);
}
