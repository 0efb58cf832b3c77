// What reaches the engine, and what leaves it. Absence is an input too: a tick goes the same way as a point. Every input is
// plain data, so that what happened can be written down and happen again.

import type { AlarmMessage, AlarmOperation, Priority, Role } from '#domain/alarm.ts';
import type { CommandEnvelope, CommandReply } from '#domain/command.ts';
import type { CommandEntry } from '#domain/command-journal.ts';
import type { CommandLife, CommandOperation } from '#domain/command-life.ts';
import type { DeviceView } from '#domain/device.ts';
import type { JournalEntry, JournalEvent } from '#domain/journal.ts';
import type { Point, Value } from '#domain/point.ts';
import type { Problem, ServiceName, ServiceStatus } from '#domain/service.ts';
import type { AlarmName, DeviceName } from '#domain/topic.ts';
import type { ModelData } from '#runtime/plant-files.ts';
import type { RuleFile } from '../language/rule-schema.ts';

export type EngineInput =
  | { readonly kind: 'point'; readonly point: Point; readonly receivedAt: number }
  | { readonly kind: 'tick'; readonly at: number }
  | { readonly kind: 'device'; readonly device: DeviceView; readonly at: number }
  /** The registry's word on a device was cleared: its attributes are not known any more. */
  | { readonly kind: 'device-gone'; readonly device: DeviceName; readonly at: number }
  /** What a device reports of its configuration: limits of its own (`params.source`). */
  | {
      readonly kind: 'config';
      readonly device: DeviceName;
      readonly config: { readonly [key: string]: Value };
      readonly at: number;
    }
  | {
      readonly kind: 'plant-state';
      readonly site: string;
      readonly area: string;
      readonly name: string;
      /** null: nobody says it any more. */
      readonly value: Value | null;
      readonly at: number;
    }
  | {
      readonly kind: 'operation';
      readonly alarm: AlarmName;
      readonly operation: AlarmOperation;
      /** Who does it, as far as the service could make sure of it. */
      readonly role: Role;
      /** Whether the service knows for certain who sent it; an approval needs that. */
      readonly isSigned: boolean;
      readonly at: number;
    }
  /** What somebody wanted of an alarm and nobody can do, in words. */
  | {
      readonly kind: 'operation-refused';
      readonly alarm: AlarmName;
      readonly why: string;
      /** As far as he said it. */
      readonly by: string | undefined;
      readonly at: number;
    }
  /** What a person wants of a device. */
  | {
      readonly kind: 'command-operation';
      readonly device: DeviceName;
      readonly operation: CommandOperation;
      /** Who wants it, as far as the service could make sure of it. */
      readonly role: Role;
      readonly at: number;
    }
  /** What somebody wanted of a device and nobody may do, or could read, in words. */
  | {
      readonly kind: 'command-refused';
      readonly device: DeviceName;
      readonly why: string;
      /** As far as he said it. */
      readonly by: string | undefined;
      readonly at: number;
    }
  | { readonly kind: 'reply'; readonly device: DeviceName; readonly reply: CommandReply; readonly at: number }
  /** The broker has a command. */
  | { readonly kind: 'delivered'; readonly device: DeviceName; readonly cid: string; readonly at: number }
  /** The rules as they are from now on. */
  | {
      readonly kind: 'reload';
      readonly rules: readonly RuleFile[];
      /** Where they changed too. */
      readonly models?: readonly ModelData[];
      /** Those that are begun anew though they have not changed: they were stopped, and somebody saved them again. */
      readonly again?: readonly string[];
      readonly at: number;
    }
  /** The server's clock was set: the moment that would have been `from` is `to`. */
  | { readonly kind: 'clock-step'; readonly from: number; readonly to: number }
  /** Nothing was evaluated between the last input and now: the time between is unknown. */
  | { readonly kind: 'resume'; readonly at: number }
  /** A rule that threw or overran its budget: not evaluated any more until it is loaded anew. */
  | { readonly kind: 'isolate'; readonly rule: string; readonly reason: string; readonly at: number }
  /** An alarm of the pipeline itself (pipeline-alarms.ts). */
  | {
      readonly kind: 'pipeline';
      readonly rule: string;
      readonly instance: string;
      readonly isRaised: boolean;
      readonly because: string;
      readonly at: number;
    }
  /** What a service says of itself (service-problems.ts). */
  | {
      readonly kind: 'service';
      readonly service: ServiceName;
      readonly id: string;
      /** gone: its status was taken away. */
      readonly status: ServiceStatus['status'] | 'gone';
      /** All it has; undefined where it does not know. */
      readonly problems?: readonly Problem[];
      readonly at: number;
    };

export type EngineOutput =
  /** The alarm as it now stands; null where nothing is left to show. */
  | { readonly kind: 'alarm'; readonly alarm: AlarmName; readonly message: AlarmMessage | null }
  | { readonly kind: 'journal'; readonly entry: JournalEntry }
  | { readonly kind: 'command'; readonly device: DeviceName; readonly envelope: CommandEnvelope }
  /** Commands that people sent to the device, as they now stand; none: nothing is left to show. */
  | { readonly kind: 'commands'; readonly device: DeviceName; readonly commands: readonly CommandLife[] }
  | { readonly kind: 'command-journal'; readonly entry: CommandEntry }
  | { readonly kind: 'publish'; readonly topic: string; readonly payload: string; readonly retain: boolean }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** A rule has overrun its budget; the service answers with `isolate`. */
  | { readonly kind: 'overrun'; readonly rule: string; readonly reason: string };

/** Something that people are to be told. Channels make texts of it; routes decide who hears it. */
export type Notice = {
  /** ACTIVE, LEVEL and RE_ALARM call; RETURNED, ACKED and the like end a call. COMMAND: a command failed. */
  readonly event: JournalEvent;
  readonly alarmId: string;
  readonly seq: number;
  /** A receiver that the rule names; undefined: whoever the routes name. */
  readonly to: string | undefined;
  readonly rule: string;
  readonly name: string;
  readonly site: string;
  readonly area: string;
  readonly instance: string;
  readonly priority: Priority;
  readonly state: string;
  readonly episode: number;
  readonly summary: string;
  readonly reason: string;
  readonly labels: { readonly [name: string]: string };
  readonly annotations: { readonly [name: string]: string };
  readonly rationalisation: AlarmMessage['rationalisation'];
  readonly actor: string | undefined;
  readonly comment: string | undefined;
  readonly activeSince: number;
  readonly at: number;
};
