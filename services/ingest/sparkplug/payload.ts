// A Sparkplug B payload as its bytes say it (eclipse sparkplug_b.proto), before anyone knows what an alias stands for or what a
// value means: that takes the birth.

import type { Quality } from '#domain/quality.ts';

/** Which member of the value's `oneof` was sent, and what was in it. Bytes, tables and templates are gone over. */
export type WireValue =
  | { readonly field: 'int' | 'long'; readonly low: number; readonly high: number }
  | { readonly field: 'float' | 'double'; readonly number: number }
  | { readonly field: 'boolean'; readonly flag: boolean }
  | { readonly field: 'string'; readonly text: string }
  | { readonly field: 'other' };

/** The properties of a metric that mean something to us. */
export type Properties = {
  readonly quality: Quality | null;
  readonly unit: string | null;
  readonly low: number | null;
  readonly high: number | null;
};

export type Metric = {
  readonly name: string | null;
  readonly alias: number | null;
  /** ms since the epoch, by the sender's clock. */
  readonly timestamp: number | null;
  /** 0 where it was left out. */
  readonly datatype: number;
  readonly isHistorical: boolean;
  readonly isTransient: boolean;
  readonly isNull: boolean;
  readonly properties: Properties | null;
  readonly value: WireValue | null;
  /** Why nothing can be made of it, where its own bytes are the reason. */
  readonly problem: string | null;
};

export type Payload = {
  readonly timestamp: number | null;
  readonly seq: number | null;
  readonly uuid: string | null;
  readonly body: Buffer | null;
  readonly metrics: readonly Metric[];
};

/** A payload to be written; what is left out is absent. */
export type PayloadParts = Partial<Omit<Payload, 'metrics'>> & { readonly metrics?: readonly Partial<Metric>[] };

/** A payload that could not be read, or would be too large: one sentence that says why and where. */
export type Unreadable = { readonly kind: 'broken' | 'large'; readonly problem: string };
