// Commands that people send to a device, judged and lived as those of alarms are (command-life.ts). They are kept with their
// device, by the id that the sender gave them: an order that comes twice is carried out once. What is kept is bounded; a life is
// forgotten only where it is over, and its id is remembered until a repeat would come too late (spent-orders.ts).

import { COMMAND_ROLES, mayCommand } from '#domain/access/operation-rights.ts';
import { type CommandStatus, REASON_CHARS_MAX } from '#domain/command.ts';
import type { CommandEntry } from '#domain/command-journal.ts';
import { ALL_KEPT_MAX, type CommandLife, isOver, personCid } from '#domain/command-life.ts';
import type { Point } from '#domain/point.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import * as life from './command-life.ts';
import { Deadlines } from './deadlines.ts';
import { GRACE_MS } from './evaluator.ts';
import type { EngineInput, EngineOutput } from './inputs.ts';
import type { Ledger } from './ledger.ts';
import type { Now } from './now.ts';
import { interlockOf, isShownBy, misfitOf, proofOf, waitProblem } from './people-permit.ts';
import type { DeviceState, Plant } from './plant.ts';
import { SpentOrders } from './spent-orders.ts';
import type { PersonCommand } from './state.ts';

type Input<K extends EngineInput['kind']> = Extract<EngineInput, { kind: K }>;

/** A device at work answers within a second; a slow network may need some more. */
const ACCEPT_MS = 5_000;
/** A large valve takes a minute from end to end. */
const COMPLETE_MS = 60_000;
const RETRIES = 2;

/** Of one device: what a person looks back on. */
export const SHOWN_MAX = 10;
/** As one message whoever reads them takes it. The limits of its texts let the newest always fit. */
const SHOWN_BYTES_MAX = 96 * 1024;
/** Of one device; past it, and past ALL_KEPT_MAX, those that are over make room, and none is there where all are under way. */
export const KEPT_MAX = 32;
/** No life has as many by itself. */
const STEPS_MAX = 16;

/** A device with commands, as its deadlines know it. */
type Seat = { readonly device: DeviceState; dueAt: number; queuedAt: number };

export type PeopleCommandsParts = {
  readonly now: Now;
  readonly plant: Plant;
  readonly ledger: Ledger;
  /** Every command to a device, of whatever sender. */
  readonly rivals: (device: DeviceName) => Iterable<life.Rival>;
  /** As an earlier life wrote them down. */
  readonly spent: ReadonlyMap<string, number>;
};

export class PeopleCommands {
  readonly #now: Now;
  readonly #plant: Plant;
  readonly #ledger: Ledger;
  readonly #rivals: PeopleCommandsParts['rivals'];
  readonly #spent: SpentOrders;
  readonly #seats = new Map<DeviceState, Seat>();
  readonly #deadlines = new Deadlines<Seat>();
  /** Metrics that must show some command done. */
  #watched: ReadonlySet<string> = new Set();
  /** Devices whose commands have changed since they were told last. */
  readonly #news = new Set<DeviceState>();
  /** Until then time alone ends nothing. */
  #patientUntil = Number.NEGATIVE_INFINITY;

  constructor({ now, plant, ledger, rivals, spent }: PeopleCommandsParts) {
    this.#now = now;
    this.#plant = plant;
    this.#ledger = ledger;
    this.#rivals = rivals;
    this.#spent = new SpentOrders(ledger, spent);
    for (const device of plant.devices()) if (device.commands.length > 0) this.#schedule(device);
    this.#watch();
  }

  /** Whether a sample of the metric may show a command done. */
  watches(metric: string): boolean {
    return this.#watched.has(metric);
  }

  nextDeadline(): number {
    return this.#deadlines.next();
  }

  /** An order; one of a device that nobody knows, the service has refused. */
  take({ device: name, operation, role }: Input<'command-operation'>): void {
    const device = this.#plant.find(name);
    if (device === undefined || device.view === null) return;
    const cid = personCid(name, operation.id);
    if (this.#spent.has(cid) || device.commands.some((each) => each.cid === cid)) return;
    const refusal = mayCommand(role)
      ? (waitProblem(operation.exp, this.#now.clock) ?? this.#roomProblem(device))
      : `the role '${role}' may not send commands; it needs ${COMMAND_ROLES[0]}`;
    const { command, args, by, comment = null, exp } = operation;
    if (refusal !== undefined) {
      this.#record(device, { command, cid, args, actor: by, comment, status: 'REFUSED', reason: refusal });
      return;
    }
    const asked: PersonCommand = {
      ...{ cid, command, ...device.name, args, by, comment },
      ...{ status: 'BLOCKED', sentAt: this.#now.clock, askedAt: this.#now.clock, expiresAt: exp },
      ...{ retriesLeft: RETRIES, verifyUntil: null, proof: proofOf(device, operation), steps: [] },
    };
    device.commands = [...device.commands, asked];
    this.#begin(device, asked);
    this.#settle(device);
  }

  /** Journals what nobody may do, or can. */
  refuse({ device: name, why, by }: Input<'command-refused'>): void {
    const device = this.#plant.find(name);
    if (device === undefined || device.view === null) return;
    this.#record(device, { status: 'REFUSED', reason: why, ...(by === undefined ? {} : { actor: by }) });
  }

  answer(name: DeviceName, { cid, ...answer }: life.Answer & { readonly cid: string }): void {
    const device = this.#plant.find(name);
    const command = device?.commands.find((each) => each.cid === cid);
    if (device === undefined || command === undefined) return;
    life.takeAnswer(this.#living(device, command), answer);
    this.#settle(device);
  }

  /** A sample of a metric that is watched. */
  point({ series, value, quality, measuredAt, late }: Point): void {
    if (value === null || quality !== 'good' || late) return;
    const device = this.#plant.find(series);
    for (const command of device?.commands ?? []) {
      const { proof, verifyUntil } = command;
      if (device === undefined || proof?.metric !== series.metric || verifyUntil === null) continue;
      const isInTime = measuredAt > verifyUntil - proof.withinMs && measuredAt <= verifyUntil;
      if (!isInTime || !life.awaitsProof(command) || !isShownBy(value, proof)) continue;
      life.move(this.#living(device, command), 'VERIFIED');
      this.#settle(device);
    }
  }

  /** It has come back, or is away from now on. */
  deviceChanged(device: DeviceState): void {
    if (device.commands.length > 0) this.#advance(device);
  }

  /** Nobody knows it any more: what was wanted of it ends, and nothing of it is shown. */
  deviceGone(device: DeviceState): void {
    if (device.commands.length === 0) return;
    for (const command of device.commands) {
      life.end(this.#rivalOf(device, command), 'the device was taken out of the registry');
      this.#spent.add(command, this.#now.clock);
    }
    device.commands = [];
    this.#settle(device);
  }

  /** What a clock does up to a moment has come to it. */
  runDue(at: number): void {
    const due: Seat[] = [];
    for (let next = this.#deadlines.pop(at); next !== undefined; next = this.#deadlines.pop(at)) due.push(next);
    // In an order that does not go by when it was scheduled: a restart does not know that.
    due.sort((a, b) => (deviceKey(a.device.name) < deviceKey(b.device.name) ? -1 : 1));
    for (const seat of due) {
      this.#advance(seat.device);
      if (seat.dueAt <= at) this.#deadlines.set(seat, at + 1);
    }
  }

  /** At a start: answers that have waited for us come first. */
  resume(at: number): void {
    this.#patientUntil = at + GRACE_MS;
    for (const device of this.#seats.keys()) this.#schedule(device);
  }

  /** The clock was set, and the commands' moments with it. */
  moved(): void {
    this.#patientUntil = Number.NEGATIVE_INFINITY;
    for (const device of this.#seats.keys()) {
      this.#news.add(device);
      this.#settle(device);
    }
  }

  /** Commands of people to the device. */
  *commandsTo(name: DeviceName): Iterable<life.Rival> {
    const device = this.#plant.find(name);
    for (const command of device?.commands ?? []) {
      if (device === undefined) continue;
      const { command: rival, onStatus } = this.#rivalOf(device, command);
      yield {
        command: rival,
        onStatus: (status, reason) => {
          onStatus(status, reason);
          this.#settle(device);
        },
      };
    }
  }

  /** Every device that has something to show. */
  shown(): EngineOutput[] {
    return [...this.#seats.keys()].map((device) => messageOf(device));
  }

  #begin(device: DeviceState, command: PersonCommand): void {
    const living = this.#living(device, command);
    const blocked = living.blockedBecause(device);
    if (this.#now.clock >= command.expiresAt) life.move(living, 'EXPIRED', 'it came too late');
    else if (blocked !== undefined) life.move(living, 'BLOCKED', blocked);
    else life.queue(living, device);
  }

  #advance(device: DeviceState): void {
    for (const command of device.commands) life.advance(this.#living(device, command));
    this.#settle(device);
  }

  #living(device: DeviceState, command: PersonCommand): life.Living {
    const { proof, args } = command;
    return {
      ...this.#rivalOf(device, command),
      order: {
        ...{ command: command.command, args, rev: '' },
        acceptMs: ACCEPT_MS,
        completeMs: Math.max(COMPLETE_MS, proof?.withinMs ?? 0),
        verifyMs: proof?.withinMs,
      },
      now: this.#now.clock,
      target: device,
      blockedBecause: (target) => misfitOf(target, command)?.message ?? interlockOf(target, command),
      unpermittedBecause: (target) => interlockOf(target, command),
      isProved: () => false, // by a sample when it comes
      rivals: () => this.#rivals(device.name),
      onSend: ({ name }, envelope) => this.#now.outputs.push({ kind: 'command', device: name, envelope }),
      onLeft: () => {},
      onFailure: () => {},
    };
  }

  #rivalOf(device: DeviceState, command: PersonCommand): { command: PersonCommand; onStatus: life.Living['onStatus'] } {
    return { command, onStatus: (status, reason) => this.#note(device, command, { status, reason }) };
  }

  #note(
    device: DeviceState,
    asked: PersonCommand,
    { status, reason }: { readonly status: CommandStatus; readonly reason: string | undefined },
  ): void {
    const why = reason === undefined ? {} : { reason: reason.slice(0, REASON_CHARS_MAX) };
    this.#news.add(device);
    asked.steps = [...asked.steps, { status, at: this.#now.clock, ...why }].slice(-STEPS_MAX);
    const { command, cid, args, by: actor, comment } = asked;
    this.#record(device, { command, cid, args, actor, comment, status, ...why });
  }

  #record(device: DeviceState, told: Omit<CommandEntry, keyof DeviceName | 'seq' | 'at'>): void {
    device.commandEntries++;
    this.#ledger.touchDevice(device);
    const entry = { ...device.name, seq: device.commandEntries, at: this.#now.clock, ...told };
    this.#now.outputs.push({ kind: 'command-journal', entry });
  }

  /** Shows and keeps what is new of a device's commands, and sees to it that they are looked at in time. */
  #settle(device: DeviceState): void {
    if (this.#news.delete(device)) {
      this.#ledger.touchDevice(device);
      this.#now.outputs.push(messageOf(device));
    }
    this.#schedule(device);
    this.#watch();
  }

  #schedule(device: DeviceState): void {
    const seat = this.#seats.get(device) ?? {
      device,
      dueAt: Number.POSITIVE_INFINITY,
      queuedAt: Number.POSITIVE_INFINITY,
    };
    let due = Number.POSITIVE_INFINITY;
    for (const command of device.commands)
      due = Math.min(due, life.dueAt(command, this.#living(device, command).order));
    this.#deadlines.set(seat, Math.max(due, this.#patientUntil));
    if (device.commands.length > 0) this.#seats.set(device, seat);
    else this.#seats.delete(device);
  }

  #watch(): void {
    const watched = new Set<string>();
    for (const { commands } of this.#seats.keys())
      for (const command of commands)
        if (command.proof !== null && life.awaitsProof(command)) watched.add(command.proof.metric);
    this.#watched = watched;
  }

  /** Makes room for one more; says why there is none. */
  #roomProblem(device: DeviceState): string | undefined {
    if (device.commands.length >= KEPT_MAX && !this.#forgetOldest([device]))
      return `${KEPT_MAX} commands to this device are under way; wait for one of them`;
    let kept = 0;
    for (const { commands } of this.#seats.keys()) kept += commands.length;
    if (kept < ALL_KEPT_MAX || this.#forgetOldest(this.#seats.keys())) return undefined;
    return `${ALL_KEPT_MAX} commands of people are under way; wait for one of them`;
  }

  /** Of the lives that are over. @returns whether there was one */
  #forgetOldest(devices: Iterable<DeviceState>): boolean {
    let oldest: { readonly device: DeviceState; readonly command: PersonCommand } | undefined;
    for (const device of devices) {
      const command = device.commands.find(isDone);
      if (command !== undefined && (oldest === undefined || isBefore(command, oldest.command)))
        oldest = { device, command };
    }
    if (oldest === undefined) return false;
    const { device, command } = oldest;
    device.commands = device.commands.filter((each) => each !== command);
    this.#spent.add(command, this.#now.clock);
    this.#news.add(device);
    this.#settle(device);
    return true;
  }
}

const encoder = new TextEncoder();

/** Newest first; as many as a person looks back on, and as fit. */
function messageOf({ name, commands }: DeviceState): EngineOutput {
  const lives = commands.slice(-SHOWN_MAX).reverse().map(lifeOf);
  let room = SHOWN_BYTES_MAX;
  const cut = lives.findIndex((each) => {
    room -= encoder.encode(JSON.stringify(each)).length;
    return room < 0;
  });
  return { kind: 'commands', device: name, commands: cut === -1 ? lives : lives.slice(0, Math.max(1, cut)) };
}

function lifeOf({ proof, ...kept }: PersonCommand): CommandLife {
  const { cid, command, args, by, comment, status, askedAt, expiresAt, verifyUntil, steps } = kept;
  const verifies = proof !== null;
  return { cid, command, args, by, comment, status, askedAt, expiresAt, verifies, verifyUntil, steps };
}

function isDone({ status, proof }: PersonCommand): boolean {
  return isOver({ status, verifies: proof !== null });
}

/** Of one moment by name, so that it does not go by the order of devices. */
function isBefore(a: PersonCommand, b: PersonCommand): boolean {
  return a.askedAt === b.askedAt ? a.cid < b.cid : a.askedAt < b.askedAt;
}
