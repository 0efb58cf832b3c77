// A plant with its engine, one happening after the other: for tests of what becomes of alarms and commands. Moments are ms
// after START; rules are written as their files would be.

import type { AlarmMessage, AlarmOperation, Role } from '#domain/alarm.ts';
import { SeriesTable } from '#domain/batch.ts';
import type { ReplyStatus } from '#domain/command.ts';
import type { CommandEntry } from '#domain/command-journal.ts';
import { type CommandLife, type CommandOperation, personCid } from '#domain/command-life.ts';
import { type DeviceView, UNHEARD } from '#domain/device.ts';
import type { JournalEntry } from '#domain/journal.ts';
import type { Value } from '#domain/point.ts';
import { type DeviceModel, modelOf } from '#runtime/plant-files.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineInput, EngineOutput } from '../engine/inputs.ts';
import type { StateRow } from '../engine/snapshot.ts';
import { ruleSchema } from '../language/rule-schema.ts';
import { START } from './history.ts';

const AREA = { site: 'lyon', area: 'farm' };
const MODELS: ReadonlyMap<string, DeviceModel> = new Map(
  [
    modelOf({ model: 'american', metrics: { temp: { type: 'number', unit: '[degF]', interval: '5s' } } }),
    modelOf({
      model: 'guarded-valve',
      metrics: {},
      commands: {
        'valve.set': {
          args: { position: { type: 'number', min: 0, max: 100, optional: true } },
          interlocks: [{ state: 'maintenance', is: true, because: 'people are in the pit' }],
        },
      },
    }),
    modelOf({
      model: 'shown-valve',
      metrics: { position: { type: 'number', unit: '%' } },
      commands: {
        'valve.set': {
          args: { position: { type: 'number', unit: '%', min: 0, max: 100 } },
          interlocks: [],
          verify: { metric: 'position', equals: { arg: 'position' }, tolerance: 2, within: '30s' },
        },
        'valve.hold': { args: {}, interlocks: [] },
      },
    }),
  ].map((model) => [model.model, model]),
);

type At = {
  readonly lagMs?: number;
  readonly metric?: string;
  readonly late?: boolean;
  readonly area?: string;
  readonly isUncertain?: boolean;
};
type Ordered = Partial<CommandOperation> & { readonly role?: Role; readonly waitMs?: number };
type Asked = Partial<AlarmOperation> & {
  readonly role?: Role;
  readonly isSigned?: boolean;
  readonly instance?: string;
  readonly rule?: string;
};

export class PlantScene {
  engine: Engine;
  outputs: EngineOutput[] = [];
  readonly #saved = new Map<string, StateRow>();
  readonly #table = new SeriesTable();

  constructor(...rules: object[]) {
    this.engine = new Engine({ models: MODELS, startedAt: START });
    this.reload(0, ...rules);
  }

  step(input: EngineInput): this {
    this.outputs.push(...this.engine.step(input));
    for (const row of this.engine.takeChanged()) this.#saved.set(row.key, row);
    return this;
  }

  value(
    device: string,
    value: Value | null,
    atMs: number,
    { lagMs = 0, metric = 'temp', late = false, area, isUncertain = false }: At = {},
  ) {
    const series = this.#table.of({ ...AREA, ...(area === undefined ? {} : { area }), device, metric });
    const quality = value === null ? 'bad' : isUncertain ? 'uncertain' : 'good';
    const point = { series, value, quality, measuredAt: START + atMs, late } as const;
    return this.step({ kind: 'point', point, receivedAt: START + atMs + lagMs });
  }

  device(name: string, changes: Partial<DeviceView> = {}, atMs = 0): this {
    const rest = { model: null, role: null, labels: {}, ...UNHEARD };
    return this.step({ kind: 'device', device: { ...AREA, device: name, ...rest, ...changes }, at: START + atMs });
  }

  config(device: string, config: { readonly [key: string]: Value }, atMs: number): this {
    return this.step({ kind: 'config', device: { ...AREA, device }, config, at: START + atMs });
  }

  state(name: string, value: Value | null, atMs = 0): this {
    return this.step({ kind: 'plant-state', ...AREA, name, value, at: START + atMs });
  }

  reply(device: string, cid: string, status: ReplyStatus, atMs: number): this {
    const at = START + atMs;
    return this.step({ kind: 'reply', device: { ...AREA, device }, reply: { cid, status, ts: at }, at });
  }

  operate(op: AlarmOperation['op'], atMs: number, asked: Asked = {}): this {
    const { role = 'engineer', isSigned = true, instance = 't', rule = 'hot', ...operation } = asked;
    const alarm = { ...AREA, rule, instance };
    const episode = this.instance(`${rule}/lyon/farm/${instance}`)?.state.episode ?? 0;
    return this.step({
      kind: 'operation',
      ...{ alarm, role, isSigned, at: START + atMs },
      operation: { op, episode, by: 'ana', ...operation },
    });
  }

  /** A person sends a command. */
  order(
    device: string,
    id: string,
    atMs: number,
    { role = 'operator', waitMs = 60_000, ...changes }: Ordered = {},
  ): this {
    const at = START + atMs;
    const operation: CommandOperation = {
      ...({ op: 'send' } as const),
      ...{ id, command: 'valve.set', args: { position: 40 }, by: 'ana', exp: at + waitMs },
      ...changes,
    };
    return this.step({ kind: 'command-operation', device: { ...AREA, device }, operation, role, at });
  }

  /** The device answers a command that a person sent. */
  answer(device: string, id: string, status: ReplyStatus, atMs: number): this {
    return this.reply(device, personCid({ ...AREA, device }, id), status, atMs);
  }

  /** The device was taken out of the registry. */
  gone(device: string, atMs: number): this {
    return this.step({ kind: 'device-gone', device: { ...AREA, device }, at: START + atMs });
  }

  /** The server's clock is set from one moment to another. */
  clockStep(fromMs: number, toMs: number): this {
    return this.step({ kind: 'clock-step', from: START + fromMs, to: START + toMs });
  }

  tick(atMs: number): this {
    return this.step({ kind: 'tick', at: START + atMs });
  }

  reload(atMs: number, ...rules: object[]): this {
    return this.step({ kind: 'reload', rules: rules.map((rule) => ruleSchema.parse(rule)), at: START + atMs });
  }

  /** Ends, and begins again with what it had written down. */
  restart(atMs: number): this {
    this.engine = new Engine({ models: MODELS, saved: [...this.#saved.values()], startedAt: START + atMs });
    return this.step({ kind: 'resume', at: START + atMs });
  }

  /** What has come out since it was last asked. */
  take(): EngineOutput[] {
    const { outputs } = this;
    this.outputs = [];
    return outputs;
  }

  instance(key: string) {
    return this.engine.instances.get(key);
  }

  get journal(): JournalEntry[] {
    return this.outputs.flatMap((output) => (output.kind === 'journal' ? [output.entry] : []));
  }

  get events(): string[] {
    return this.journal.map(({ rule, instance, event }) => `${rule}/${instance} ${event}`);
  }

  get sent(): string[] {
    return this.outputs.flatMap((output) => (output.kind === 'command' ? [output.envelope.cid] : []));
  }

  get statuses(): string[] {
    return this.journal.flatMap(({ command }) => (command === undefined ? [] : [`${command.cid} ${command.status}`]));
  }

  /** What was journaled of commands that people sent. */
  get commandJournal(): CommandEntry[] {
    return this.outputs.flatMap((output) => (output.kind === 'command-journal' ? [output.entry] : []));
  }

  /** As `id STATUS`. */
  get lived(): string[] {
    return this.commandJournal.map(({ cid = '', status }) => `${cid.slice(cid.lastIndexOf('/') + 1)} ${status}`);
  }

  /** Commands that people sent to the device, as they were told last. */
  livesOf(device: string): readonly CommandLife[] {
    const told = this.outputs.filter((output) => output.kind === 'commands' && output.device.device === device).at(-1);
    return told?.kind === 'commands' ? told.commands : [];
  }

  get shown(): (AlarmMessage | null)[] {
    return this.outputs.flatMap((output) => (output.kind === 'alarm' ? [output.message] : []));
  }

  get told(): string[] {
    return this.outputs.flatMap((output) => (output.kind === 'notice' ? [output.notice.event] : []));
  }
}

export const temp = { metric: 'temp', maxAge: '30s' };
export const above80 = { '>': [{ var: 'temp' }, 80] };
export const hot = { id: 'hot', inputs: { temp }, condition: above80 };
export const close = {
  id: 'close',
  on: ['active'],
  type: 'command',
  target: { select: { role: 'inlet' } },
  command: 'valve.set',
  expiresAfter: '60s',
  ack: { accept: '3s', complete: '10s' },
};
export const hotAndClose = (changes: object = {}, rule: object = {}) => ({
  ...hot,
  actions: [{ ...close, ...changes }],
  ...rule,
});
