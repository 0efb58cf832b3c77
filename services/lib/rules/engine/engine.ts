// The rules engine: inputs in, outputs out, nothing else. It reads no clock, opens nothing, and the same inputs in the same
// order give the same outputs, so live, test and backtest are one path. Cost grows with the inputs a series feeds.

import { alarmState } from '#domain/alarm.ts';
import type { JournalEvent } from '#domain/journal.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { Binder } from './binder.ts';
import { advanceCommands, type CommandEvents, commandsDueAt, requestCommands, takeReply } from './commands.ts';
import { Deadlines } from './deadlines.ts';
import { acknowledge, delayEndsAt, evaluate, reset } from './evaluate.ts';
import type { EngineInput, EngineOutput } from './inputs.ts';
import type { Instance } from './instance.ts';
import { type Binding, isNews, Plant, type SeriesState } from './plant.ts';
import { alarmMessage, describeActivation, type EntryDetail, journalEntry, qualityOf } from './present.ts';
import { type InstanceState, instanceKey } from './state.ts';

/** An instance's state as it is written down, under `rule/site/area/instance`. */
export type SavedState = { readonly key: string; readonly state: InstanceState };

type DeviceInput = Extract<EngineInput, { kind: 'device' }>;
type PlantStateInput = Extract<EngineInput, { kind: 'plant-state' }>;

export type EngineOptions = {
  readonly rules: readonly CompiledRule[];
  readonly models?: ReadonlyMap<string, DeviceModel>;
  /** States of an earlier life. The gap since then counts as unknown: nothing fires or clears for it. */
  readonly saved?: readonly SavedState[];
  /** Devices and plant states of an earlier life: what samples that have waited since are judged by. */
  readonly known?: readonly (DeviceInput | PlantStateInput)[];
  readonly startedAt: number;
  readonly onAmbiguous?: (message: string) => void;
};

export class Engine {
  readonly #plant: Plant;
  readonly #binder: Binder;
  readonly #saved: Map<string, InstanceState>;
  readonly #deadlines = new Deadlines<Instance>();
  readonly #touched = new Set<Instance>();
  #clock: number;
  #outputs: EngineOutput[] = [];

  constructor(options: EngineOptions) {
    this.#clock = options.startedAt;
    this.#saved = new Map((options.saved ?? []).map(({ key, state }) => [key, state]));
    this.#plant = new Plant(options.models ?? new Map());
    this.#binder = new Binder(options.rules, {
      onInstance: (instance) => this.#restore(instance),
      onAmbiguous: options.onAmbiguous ?? (() => {}),
    });
    // Known, not happening: nothing is evaluated, so that no instance's time is moved.
    for (const fact of options.known ?? []) {
      if (fact.kind === 'device') this.#plant.describe(fact.device);
      else this.#plant.setState(fact);
    }
    const rules = new Map(options.rules.map((rule) => [rule.id, rule]));
    for (const key of this.#saved.keys()) {
      const [id = '', site = '', area = '', instance = ''] = key.split('/');
      const rule = rules.get(id);
      if (rule !== undefined)
        this.#binder.revive(rule, { site, area, instance }, { area: this.#plant.area(site, area), at: this.#clock });
    }
  }

  /** Takes one input and returns what it led to, in order. */
  step(input: EngineInput): EngineOutput[] {
    this.#outputs = [];
    switch (input.kind) {
      case 'point':
        this.#point(input);
        break;
      case 'tick':
        this.#tick(input.at);
        break;
      case 'device':
        this.#device(input);
        break;
      case 'plant-state':
        this.#plantState(input);
        break;
      case 'operation':
        this.#operation(input);
        break;
      case 'reply':
        this.#reply(input);
        break;
    }
    return this.#outputs;
  }

  /** The next moment at which a tick would change something; Infinity where none would. */
  nextDeadline(): number {
    return this.#deadlines.next();
  }

  /** By `rule/site/area/instance`. */
  get instances(): ReadonlyMap<string, Instance> {
    return this.#binder.instances;
  }

  /** States that have gone through a transition since the last call. */
  takeChanged(): SavedState[] {
    const changed = [...this.#touched].map((instance) => {
      instance.noteSeen();
      return { key: instanceKey(instance.alarm), state: instance.state };
    });
    this.#touched.clear();
    return changed;
  }

  /** Every alarm that has something to show, to be retained anew by a broker that has lost it. */
  annunciated(): EngineOutput[] {
    return [...this.#binder.instances.values()].flatMap((instance): EngineOutput[] => {
      const message = alarmMessage(instance, instance.state.evaluatedAt);
      return message === null ? [] : [{ kind: 'alarm', alarm: instance.alarm, message }];
    });
  }

  #point({ point, receivedAt }: Extract<EngineInput, { kind: 'point' }>): void {
    if (!this.#binder.wantsMetric(point.series.metric)) return;
    this.#clock = Math.max(this.#clock, receivedAt);
    const series = this.#plant.series(point.series);
    const bindings = this.#bindingsOf(series, point.measuredAt);
    // History is stored and never alarmed on; a sample that is not newer, or comes again, tells nothing new.
    if (point.late || !isNews(series, point)) return;
    for (const { instance } of bindings) this.#runDeadlines(instance, point.measuredAt);
    series.last = point;
    series.countedUntil = point.measuredAt;
    for (const { instance } of bindings) {
      instance.noteLag(receivedAt, point.measuredAt);
      this.#evaluate(instance, Math.max(point.measuredAt, instance.state.evaluatedAt));
    }
  }

  /** Binds the series where it is not bound; a new instance takes in its other members at once, with their last values. */
  #bindingsOf(series: SeriesState, at: number): readonly Binding[] {
    if (series.bindings !== undefined) return series.bindings;
    const count = this.#binder.instances.size;
    const bindings = this.#binder.bind(series, at);
    if (this.#binder.instances.size === count) return bindings;
    for (const device of series.device.area.devices.values()) {
      for (const member of device.series.values()) if (member.bindings === undefined) this.#bindingsOf(member, at);
    }
    return bindings;
  }

  #tick(now: number): void {
    this.#clock = Math.max(this.#clock, now);
    for (let instance = this.#deadlines.pop(now); instance !== undefined; instance = this.#deadlines.pop(now)) {
      const due = Math.min(now, this.#dueAt(instance));
      this.#evaluate(instance, Math.max(due, instance.state.evaluatedAt));
    }
  }

  /** What a clock would have done to the instance before this event. Ends: each evaluation moves the next one on. */
  #runDeadlines(instance: Instance, before: number): void {
    for (let due = this.#dueAt(instance); due <= before; due = this.#dueAt(instance)) {
      this.#evaluate(instance, Math.max(due, instance.state.evaluatedAt));
    }
  }

  #device({ device: view, at }: DeviceInput): void {
    this.#clock = Math.max(this.#clock, at);
    for (const { bindings } of this.#plant.device(view).series.values()) {
      for (const { instance } of bindings ?? []) this.#runDeadlines(instance, at - instance.lagMs);
    }
    const { device, isChanged, isOnlineChanged } = this.#plant.describe(view);
    // A metric that the model promises is watched before its first sample: silence from the start is silence too.
    for (const metric of device.model?.metrics.keys() ?? []) {
      if (this.#binder.wantsMetric(metric)) this.#plant.seriesOf(device, metric);
    }
    const affected = new Set<Instance>();
    for (const series of device.series.values()) {
      if (isChanged) for (const instance of this.#binder.unbind(series)) affected.add(instance);
      for (const { instance } of this.#bindingsOf(series, at)) affected.add(instance);
    }
    if (!isChanged && !isOnlineChanged) return;
    for (const instance of affected)
      this.#evaluate(instance, Math.max(at - instance.lagMs, instance.state.evaluatedAt));
  }

  #plantState({ site, area, name, value, at }: PlantStateInput): void {
    this.#clock = Math.max(this.#clock, at);
    const state = this.#plant.area(site, area);
    for (const instance of state.instances) this.#runDeadlines(instance, at - instance.lagMs);
    this.#plant.setState({ site, area, name, value });
    for (const instance of state.instances)
      this.#evaluate(instance, Math.max(at - instance.lagMs, instance.state.evaluatedAt));
  }

  #operation({ alarm, operation, at }: Extract<EngineInput, { kind: 'operation' }>): void {
    this.#clock = Math.max(this.#clock, at);
    const instance = this.#binder.instances.get(instanceKey(alarm));
    if (instance === undefined) return;
    this.#runDeadlines(instance, at - instance.lagMs);
    const { op, by, comment, episode } = operation;
    const moment = Math.max(at, instance.state.evaluatedAt);
    const who: EntryDetail = { actor: by, ...(comment === undefined ? {} : { comment }) };
    let refusal: string | undefined = `this release knows no operation '${op}'`;
    let event: JournalEvent = 'REFUSED';
    if (op === 'ack') {
      refusal = acknowledge(instance, by, { at: moment, comment, episode });
      event = 'ACKED';
    } else if (op === 'reset') {
      refusal = reset(instance, { at: moment, episode });
      event = 'RESET';
    }
    if (refusal === undefined) this.#transition(instance, event, moment, who);
    else this.#transition(instance, 'REFUSED', moment, { actor: by, comment: `${op}: ${refusal}` });
  }

  #reply({ device, reply, at }: Extract<EngineInput, { kind: 'reply' }>): void {
    this.#clock = Math.max(this.#clock, at);
    for (const instance of this.#plant.area(device.site, device.area).instances) {
      const command = instance.state.commands.find((each) => each.cid === reply.cid && each.device === device.device);
      if (command === undefined) continue;
      this.#runDeadlines(instance, at - instance.lagMs);
      takeReply(command, reply, this.#commandEvents(instance, Math.max(at, instance.state.evaluatedAt)));
      this.#schedule(instance);
    }
  }

  #evaluate(instance: Instance, at: number): void {
    evaluate(instance, at, (event) => {
      if (event === 'ACTIVE') describeActivation(instance, at);
      this.#transition(instance, event, at);
      if (event === 'ACTIVE') requestCommands(instance, at, this.#commandEvents(instance, at));
    });
    advanceCommands(instance, this.#commandEvents(instance, at));
    // While an alarm is shown, so is whether its inputs can be trusted.
    if (instance.published !== '' && instance.published !== publishedForm(instance)) {
      instance.state.seq++; // a receiver drops what is not newer
      this.#touched.add(instance);
      this.#annunciate(instance, at);
    }
    this.#schedule(instance);
  }

  #transition(instance: Instance, event: JournalEvent, at: number, detail: EntryDetail = {}): void {
    this.#outputs.push({ kind: 'journal', entry: journalEntry(instance, event, at, detail) });
    this.#touched.add(instance);
    this.#annunciate(instance, at);
  }

  #annunciate(instance: Instance, at: number): void {
    if (instance.rule.isShadow) return;
    const message = alarmMessage(instance, at);
    if (message === null && instance.published === '') return;
    instance.published = message === null ? '' : publishedForm(instance);
    this.#outputs.push({ kind: 'alarm', alarm: instance.alarm, message });
  }

  #commandEvents(instance: Instance, at: number): CommandEvents {
    const now = Math.max(at, this.#clock);
    return {
      now,
      onStatus: (command) => {
        this.#outputs.push({ kind: 'journal', entry: journalEntry(instance, 'COMMAND', now, { command }) });
        this.#touched.add(instance);
      },
      onSend: (device, envelope) => this.#outputs.push({ kind: 'command', device, envelope }),
    };
  }

  #restore(instance: Instance): void {
    const saved = this.#saved.get(instanceKey(instance.alarm));
    if (saved === undefined) {
      this.#schedule(instance);
      return;
    }
    // Its time goes on from where it was: samples that have waited for us since are judged by their own time. What held in
    // between is unknown, and evidence may have ended since it was last written down, so delays begin again.
    Object.assign(instance.state, structuredClone(saved), { truth: 'unknown', pending: false, evidenceMs: 0 });
    if (alarmMessage(instance, this.#clock) !== null) instance.published = publishedForm(instance);
    this.#schedule(instance);
  }

  /** The moment, in the instance's event time, at which a clock alone would change it. */
  #dueAt(instance: Instance): number {
    const { rule, state } = instance;
    const at = state.evaluatedAt;
    const frame = instance.lookAt(at);
    return Math.min(
      delayEndsAt(instance),
      instance.staleAt(at),
      rule.condition.wakesAt(frame),
      rule.clearCondition.wakesAt(frame),
      commandsDueAt(instance),
    );
  }

  #schedule(instance: Instance): void {
    this.#deadlines.set(instance, this.#dueAt(instance) + instance.lagMs);
  }
}

function publishedForm(instance: Instance): string {
  return `${alarmState(instance.state)} ${instance.state.seq} ${qualityOf(instance)}`;
}
