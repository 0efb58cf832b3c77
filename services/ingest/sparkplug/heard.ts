// What an edge node is told with each message, and whom it tells what came of it.

import type { Refusal } from '#domain/rejected.ts';
import type { SparkplugAddress, SparkplugTopic } from '#domain/sparkplug-topic.ts';
import type { DeviceName } from '#domain/topic.ts';
import type { Birth } from '../devices/birth.ts';
import type { RawRecord } from '../record.ts';
import type { Payload } from './payload.ts';

/** A message, with whoever waits for it to be done. */
export type Heard<T> = {
  readonly topic: SparkplugTopic;
  /** The device of ours that the topic means. */
  readonly device: DeviceName;
  readonly payload: Payload;
  /** As it came: kept where it is a birth. */
  readonly bytes: Uint8Array;
  readonly mark: number;
  readonly qos: 0 | 1;
  readonly now: number;
  readonly origin: T;
};

/** What is to be on disk before a message is acknowledged. */
export type BirthChange =
  | {
      readonly kind: 'born';
      readonly address: SparkplugAddress;
      readonly bytes: Uint8Array;
      readonly qos: 0 | 1;
      readonly at: number;
    }
  | { readonly kind: 'dead'; readonly address: SparkplugAddress; readonly at: number };

/** Who is told what messages mean. An origin of null: it comes of no message, but of time that has passed. */
export type Findings<T> = {
  readonly onRecords: (origin: T | null, device: DeviceName, records: readonly RawRecord[]) => void;
  /** A refusal of one message; of a device where it is known whose it is. */
  readonly onRefusals: (origin: T, device: DeviceName | null, refusals: readonly Refusal[]) => void;
  /** The device is there, or is not, and what it says of itself. */
  readonly onBirth: (origin: T | null, device: DeviceName, birth: Birth) => void;
  readonly onChange: (origin: T | null, change: BirthChange) => void;
  /** Nothing more comes of the message. */
  readonly onDone: (origin: T) => void;
};
