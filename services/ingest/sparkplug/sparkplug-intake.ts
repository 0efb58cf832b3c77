// Messages of Sparkplug on their way through ingest: decoded here, understood by edge-nodes.ts, and what comes of them handed on to
// where all points, births and refusals go. A message is done when nothing more comes of it, which may be later: it may have
// to wait for one that is missing.

import { crc32 } from 'node:zlib';
import type { Refusal } from '#domain/rejected.ts';
import type { DeviceName } from '#domain/topic.ts';
import { commandNamed } from '#rules/language/command-fit.ts';
import type { Delivery } from '#runtime/bus.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import type { Birth } from '../devices/birth.ts';
import type { KnownDevice, Seat } from '../devices/known-device.ts';
import type { DeviceRegistry } from '../devices/registry.ts';
import type { Ingest } from '../ingest.ts';
import type { Message, MessageReader } from '../message.ts';
import type { Origin } from '../origins.ts';
import { sizeProblem } from '../reading.ts';
import type { RawRecord } from '../record.ts';
import type { BirthStore } from './birth-store.ts';
import type { ArgumentOf } from './command-write.ts';
import { type Publication, SparkplugCommands } from './commands.ts';
import { readPayload } from './compressed-payload.ts';
import type { Scalar } from './datatype.ts';
import { EdgeNodes, type EdgeNodesParts } from './edge-nodes.ts';
import type { BirthChange, Findings } from './heard.ts';
import type { Payload } from './payload.ts';

export type SparkplugIntakeParts = Omit<EdgeNodesParts<Message>, 'findings'> & {
  readonly registry: Pick<DeviceRegistry, 'device' | 'known' | 'seen' | 'born'>;
  readonly store: Pick<BirthStore, 'keep'>;
  readonly payloadBytesMax: number;
  /** Resolves when the broker has it; rejects only when the bus is closed. */
  readonly publish: (publication: Publication) => Promise<void>;
};

type Intake = Pick<Ingest, 'begin' | 'end' | 'takeRecords' | 'refuse'>;

/** What time alone brings comes of no message. */
const NO_DELIVERY: Delivery = { topic: '', payload: Buffer.alloc(0), qos: 0, retained: false, ack: () => {} };

export class SparkplugIntake implements MessageReader {
  readonly nodes: EdgeNodes<Message>;
  readonly #ingest: Intake;
  readonly #parts: SparkplugIntakeParts;
  readonly #commands = new SparkplugCommands();
  /** By the names that topics and births hold: a device is looked up once, and not with every message. */
  readonly #devices = new WeakMap<DeviceName, KnownDevice>();

  constructor(ingest: Intake, parts: SparkplugIntakeParts) {
    this.#ingest = ingest;
    this.#parts = parts;
    this.nodes = new EdgeNodes({ ...parts, findings: this.#findings() });
  }

  read(message: Message, { topic, device, isReplay }: Extract<Origin, { kind: 'sparkplug' }>): void {
    const { delivery, now } = message;
    const { payload: bytes, qos } = delivery;
    const payload = this.#payloadOf(delivery);
    if ('reason' in payload) {
      this.#ingest.refuse([payload], message, this.#known(device, message));
      this.#ingest.end(message);
      return;
    }
    if (isReplay) {
      this.nodes.replay({ topic, device, payload, bytes, mark: 0, qos, now, origin: { ...message, clock: 'ours' } });
      return;
    }
    // A death is said by the broker, or in place of a device.
    const isDeath = topic.type === 'NDEATH' || topic.type === 'DDEATH';
    const origin = isDeath ? { ...message, clock: 'ours' as const } : message;
    if (!isDeath) this.#seen(device, message);
    this.nodes.take({ topic, device, payload, bytes, mark: crc32(bytes), qos, now, origin });
  }

  /** An order to a device; where it is none of Sparkplug it is for somebody else. */
  readCommand(message: Message, { device: name }: Extract<Origin, { kind: 'command' }>): void {
    const owner = this.nodes.owner(name);
    const { payload, retained } = message.delivery;
    // Orders are never retained: what is may be of long ago.
    if (owner === undefined || retained) {
      this.#ingest.end(message);
      return;
    }
    const known = this.#parts.registry.known(name);
    const to = {
      ...{ name, ...owner },
      argumentOf: argumentsIn(known?.model ?? null),
      newestOf: (metric: string) => goodValue(known?.seats.get(metric)),
    };
    const answers = this.#commands.take(payload, to, message.now);
    if ('problem' in answers) {
      const refusal = { reason: 'shape', message: `the command cannot be read: ${answers.problem}` } as const;
      this.#ingest.refuse([refusal], message, this.#known(name, message));
      this.#ingest.end(message);
    } else this.#publish(answers, () => this.#ingest.end(message));
  }

  #publish(publications: readonly Publication[], done: () => void): void {
    if (publications.length === 0) done();
    // Only a closing bus refuses: the command stays unacknowledged, and comes again to our next life.
    else void Promise.all(publications.map((each) => this.#parts.publish(each))).then(done, () => {});
  }

  #payloadOf({ payload: bytes, retained }: Delivery): Payload | Refusal {
    const { payloadBytesMax } = this.#parts;
    if (retained) {
      const message = 'the message was retained, which no message of an edge node may be: nobody knows how old it is';
      return { reason: 'shape', message };
    }
    const tooLarge = sizeProblem(bytes, payloadBytesMax);
    if (tooLarge !== undefined) return tooLarge;
    const payload = readPayload(bytes, payloadBytesMax);
    if (!('problem' in payload)) return payload;
    if (payload.kind === 'large') return { reason: 'size', message: `of the payload, ${payload.problem}` };
    const [place] = /byte \d+/.exec(payload.problem) ?? [];
    const message = `the payload is no Sparkplug B that can be read: ${payload.problem}`;
    return { reason: 'protobuf', message, ...(place === undefined ? {} : { place }) };
  }

  #findings(): Findings<Message> {
    return {
      onRecords: (origin, name, records) => this.#onRecords(origin, name, records),
      onRefusals: (message, name, refusals) =>
        this.#ingest.refuse(refusals, message, name === null ? undefined : this.#known(name, message)),
      onBirth: (origin, name, birth) => this.#onBirth(origin, name, birth),
      onChange: (origin, change) => this.#onChange(origin, change),
      onDone: (message) => this.#ingest.end(message),
    };
  }

  #onRecords(origin: Message | null, name: DeviceName, records: readonly RawRecord[]): void {
    const message = origin ?? this.#ingest.begin(NO_DELIVERY, 'ours');
    const device = this.#known(name, message);
    if (device !== undefined) {
      this.#ingest.takeRecords(records, device, message);
      this.#publish(this.#commands.onMeasured(name, records, message.now), () => {});
    }
    if (origin === null) this.#ingest.end(message);
  }

  #onBirth(origin: Message | null, name: DeviceName, birth: Birth): void {
    const message = origin ?? this.#ingest.begin(NO_DELIVERY, 'ours');
    const device = this.#known(name, message);
    if (device !== undefined) this.#parts.registry.born(device, birth);
    if (birth.online === false) this.#publish(this.#commands.onDeath(name, message.now), () => {});
  }

  #onChange(origin: Message | null, change: BirthChange): void {
    origin?.receipt.hold();
    this.#parts.store.keep(change, () => origin?.receipt.release());
  }

  #seen(name: DeviceName, message: Message): void {
    const device = this.#known(name, message);
    if (device !== undefined) this.#parts.registry.seen(device, message.now);
  }

  /** undefined where there is no room for it, which is then said. */
  #known(name: DeviceName, message: Message): KnownDevice | undefined {
    const known = this.#devices.get(name);
    if (known?.isForgotten === false) return known;
    const device = this.#parts.registry.device(name, message.now);
    if ('reason' in device) {
      this.#ingest.refuse([device], message);
      return undefined;
    }
    this.#devices.set(name, device);
    return device;
  }
}

/** As the model has it; where it says nothing, an argument is the metric of its name. */
function argumentsIn(model: DeviceModel | null): ArgumentOf {
  return (cmd, argument) => {
    const args = commandNamed(cmd, model?.commands)?.args ?? {};
    const said = Object.hasOwn(args, argument) ? args[argument] : undefined;
    const metric = said?.metric ?? argument;
    return { metric, unit: said?.unit ?? model?.metrics.get(metric)?.unit };
  };
}

function goodValue(seat: Seat | undefined): Scalar | undefined {
  return seat?.sure.quality === 'good' && seat.sure.value !== null ? seat.sure.value : undefined;
}
