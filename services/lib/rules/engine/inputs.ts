// What reaches the engine. Absence is an input too: a tick goes the same way as a point.

import type { AlarmMessage, AlarmOperation } from '#domain/alarm.ts';
import type { CommandEnvelope, CommandReply } from '#domain/command.ts';
import type { DeviceView } from '#domain/device.ts';
import type { JournalEntry } from '#domain/journal.ts';
import type { Point } from '#domain/point.ts';
import type { AlarmName, DeviceName } from '#domain/topic.ts';

export type EngineInput =
  | { readonly kind: 'point'; readonly point: Point; readonly receivedAt: number }
  | { readonly kind: 'tick'; readonly at: number }
  | { readonly kind: 'device'; readonly device: DeviceView; readonly at: number }
  | {
      readonly kind: 'plant-state';
      readonly site: string;
      readonly area: string;
      readonly name: string;
      /** null: nobody says it any more. */
      readonly value: number | boolean | string | null;
      readonly at: number;
    }
  | { readonly kind: 'operation'; readonly alarm: AlarmName; readonly operation: AlarmOperation; readonly at: number }
  | { readonly kind: 'reply'; readonly device: DeviceName; readonly reply: CommandReply; readonly at: number };

export type EngineOutput =
  /** The alarm as it now stands; null where nothing is left to show. */
  | { readonly kind: 'alarm'; readonly alarm: AlarmName; readonly message: AlarmMessage | null }
  | { readonly kind: 'journal'; readonly entry: JournalEntry }
  | { readonly kind: 'command'; readonly device: DeviceName; readonly envelope: CommandEnvelope };
