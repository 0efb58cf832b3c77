// Commands to Sparkplug devices: written as NCMD or DCMD, and answered as our own devices answer, since Sparkplug knows no answers:
// ACCEPTED when it is sent, SUCCEEDED when the device reports the values. A command that comes again is answered as before and
// not sent again. Pure: what is to be published is handed back, in order.

import { type CommandEnvelope, type CommandReply, parseCommand } from '#domain/command.ts';
import { type SparkplugAddress, sparkplugTopics } from '#domain/sparkplug-topic.ts';
import { type DeviceName, deviceKey, topics } from '#domain/topic.ts';
import type { PublishOptions } from '#runtime/bus.ts';
import type { RawRecord } from '../record.ts';
import { type ArgumentOf, commandWrite } from './command-write.ts';
import type { Scalar } from './datatype.ts';
import type { EdgeDevice } from './edge-device.ts';
import { encodePayload } from './payload-encoder.ts';

/** Answers kept for one device, as its own firmware would. */
const REPLIES_MAX = 16;
/** Devices with answers kept; the one that was longest without a command is forgotten. */
const DEVICES_MAX = 10_000;

export type Publication = {
  readonly topic: string;
  readonly payload: string | Buffer;
  readonly options: PublishOptions;
};

/** Who is commanded. */
export type Commanded = {
  readonly name: DeviceName;
  readonly address: SparkplugAddress;
  readonly device: EdgeDevice;
  readonly isNodeAlive: boolean;
  readonly argumentOf: ArgumentOf;
  /** The newest value that was stored, if it is good. */
  readonly newestOf: (metric: string) => Scalar | undefined;
};

/** A command that was answered. */
type Answered = { reply: CommandReply; readonly awaited: Map<string, Scalar>; readonly exp: number };

export class SparkplugCommands {
  /** By `site/area/device`, then by correlation id, oldest first. */
  readonly #answered = new Map<string, Map<string, Answered>>();

  /** @returns what is to be published, or why the command cannot even be answered */
  take(payload: Buffer, to: Commanded, now: number): readonly Publication[] | { readonly problem: string } {
    const envelope = readCommand(payload);
    if (typeof envelope === 'string') return { problem: envelope };
    const known = this.#of(to.name).get(envelope.cid);
    if (known !== undefined) return [replyTo(to.name, known.reply)];
    if (envelope.exp <= now) return this.#answer(to, envelope, { status: 'EXPIRED', now });
    if (to.device.state.kind !== 'born' || !to.isNodeAlive) {
      return this.#answer(to, envelope, { status: 'REJECTED', now, reason: `${to.device.who} is offline` });
    }
    const write = commandWrite(envelope, to.device, to.argumentOf);
    if ('reason' in write) return this.#answer(to, envelope, { status: 'REJECTED', now, reason: write.reason });
    return this.#write(to, envelope, { ...write, now });
  }

  #write(
    to: Commanded,
    envelope: CommandEnvelope,
    { metrics, awaited, now }: Exclude<ReturnType<typeof commandWrite>, { reason: string }> & { readonly now: number },
  ): Publication[] {
    const bytes = encodePayload({ timestamp: now, metrics: metrics.map((each) => ({ ...each, timestamp: now })) });
    const type = to.address.device === null ? 'NCMD' : 'DCMD';
    // QoS 0 and not retained [tck-id-topics-ncmd-mqtt], and dropped rather than sent too late.
    const options = { qos: 0, expiryMs: envelope.exp - now } as const;
    const sent = { topic: sparkplugTopics.message(type, to.address), payload: bytes, options };
    const accepted = this.#answer(to, envelope, { status: 'ACCEPTED', now, awaited });
    // What is so already will not be reported: devices report changes.
    const isSo =
      awaited.size > 0 &&
      Object.entries(envelope.args).every(
        ([argument, value]) => to.newestOf(to.argumentOf(envelope.cmd, argument).metric) === value,
      );
    const done = isSo ? this.#answer(to, envelope, { status: 'SUCCEEDED', now }) : [];
    return [sent, ...accepted, ...done];
  }

  /** What a device has measured: maybe what it was told to. @returns answers to be published */
  onMeasured(name: DeviceName, records: readonly RawRecord[], now: number): Publication[] {
    if (this.#answered.size === 0) return [];
    const answered = this.#answered.get(deviceKey(name));
    if (answered === undefined) return [];
    const done: Publication[] = [];
    for (const each of answered.values()) {
      if (each.awaited.size === 0 || each.exp <= now) continue;
      for (const { metrics, isHistory } of records) {
        if (isHistory) continue;
        for (const { metric, value, quality } of metrics) {
          if (quality === 'good' && each.awaited.get(metric) === value) each.awaited.delete(metric);
        }
      }
      if (each.awaited.size > 0) continue;
      each.reply = { cid: each.reply.cid, status: 'SUCCEEDED', ts: now };
      done.push(replyTo(name, each.reply));
    }
    return done;
  }

  /** The device is gone before it did as it was told, as far as anybody knows. */
  onDeath(name: DeviceName, now: number): Publication[] {
    const failed: Publication[] = [];
    for (const each of this.#answered.get(deviceKey(name))?.values() ?? []) {
      if (each.awaited.size === 0 || each.exp <= now) continue;
      each.awaited.clear();
      const reason = `${name.device} went offline before it reported what it was told to set`;
      each.reply = { cid: each.reply.cid, status: 'FAILED', ts: now, reason };
      failed.push(replyTo(name, each.reply));
    }
    return failed;
  }

  #answer(
    { name }: Commanded,
    { cid, exp }: CommandEnvelope,
    how: { status: CommandReply['status']; now: number; reason?: string; awaited?: ReadonlyMap<string, Scalar> },
  ): Publication[] {
    const { status, now: ts, reason, awaited = new Map() } = how;
    const reply = { cid, status, ts, ...(reason === undefined ? {} : { reason: reason.slice(0, 500) }) };
    const answered = this.#of(name);
    answered.delete(cid);
    answered.set(cid, { reply, exp, awaited: new Map(awaited) });
    const [oldest] = answered.keys();
    if (answered.size > REPLIES_MAX && oldest !== undefined) answered.delete(oldest);
    return [replyTo(name, reply)];
  }

  #of(name: DeviceName): Map<string, Answered> {
    const key = deviceKey(name);
    const known = this.#answered.get(key) ?? new Map<string, Answered>();
    this.#answered.delete(key);
    this.#answered.set(key, known);
    const [oldest] = this.#answered.keys();
    if (this.#answered.size > DEVICES_MAX && oldest !== undefined) this.#answered.delete(oldest);
    return known;
  }
}

/** On the device's own topic, whatever the command says: nobody else's answers are given here. */
function replyTo(name: DeviceName, reply: CommandReply): Publication {
  return { topic: topics.device(name, 'ack'), payload: JSON.stringify(reply), options: { correlation: reply.cid } };
}

function readCommand(payload: Buffer): CommandEnvelope | string {
  try {
    return parseCommand(JSON.parse(payload.toString('utf8')));
  } catch {
    return 'a command is a JSON object';
  }
}
