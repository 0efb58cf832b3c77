// The rules engine: inputs in, outputs out, nothing else. It reads no clock, opens nothing, and the same inputs in the same
// order give the same outputs, so live, shadow, test and backtest are one path. Cost grows with the inputs a series feeds.

import { alarmOverlay } from '#domain/alarm.ts';
import type { JournalEntry, JournalEvent } from '#domain/journal.ts';
import type { Series } from '#domain/series.ts';
import { type DeviceModel, modelOf } from '#runtime/plant-files.ts';
import type { CommandAction } from '../language/compile-action.ts';
import { type CompiledRule, compileRule } from '../language/compile-rule.ts';
import { Binder } from './binder.ts';
import * as commands from './commands.ts';
import { Deadlines } from './deadlines.ts';
import { delayEndsAt, gatherEvidence, judge, passOver, reAlarm, tell } from './evaluate.ts';
import { isTrueOfHistory } from './historical.ts';
import type { EngineInput, EngineOutput } from './inputs.ts';
import type { Instance } from './instance.ts';
import { LoadedRule } from './loaded-rule.ts';
import { operate } from './operations.ts';
import { PIPELINE, PIPELINE_RULES, type PipelineAlarm } from './pipeline-alarms.ts';
import { type DeviceState, Plant, type SeriesState } from './plant.ts';
import * as present from './present.ts';
import { readRows, type SavedEngine } from './restore.ts';
import {
  deviceRow,
  type EngineRow,
  type InstanceRow,
  instanceRow,
  keptOf,
  rowKeys,
  type StateRow,
  seriesRow,
} from './snapshot.ts';
import { instanceKey, withoutEvidence } from './state.ts';
import { isSuppressed } from './suppression.ts';
import { readTimers } from './timers.ts';
import { triggerOf } from './triggers.ts';

type Input<K extends EngineInput['kind']> = Extract<EngineInput, { kind: K }>;

/** Older than the newest sample by more than this, a sample is history. */
export const LATENESS_MS = 10_000;

/** How long time alone decides nothing after a restart: what has waited in the broker comes first. */
const GRACE_MS = 10_000;

export type EngineOptions = {
  /** Rules of this life; those of the saved state where they are left out. */
  readonly rules?: readonly CompiledRule[];
  readonly models?: ReadonlyMap<string, DeviceModel>;
  /** Everything an earlier life wrote down. */
  readonly saved?: readonly StateRow[];
  readonly startedAt: number;
  readonly onAmbiguous?: (message: string) => void;
  /** Measures how long an evaluation takes, for its budget; without one no budget is held. */
  readonly meter?: { readonly nowMs: () => number; readonly budgetMs: number };
};

export class Engine {
  readonly #plant: Plant;
  readonly #binder: Binder;
  readonly #loaded = new Map<string, LoadedRule>();
  /** Rules whose expressions read the alarms of a rule, or that it inhibits. */
  readonly #readers = new Map<string, Set<LoadedRule>>();
  /** Series as they were last met, by their seat in the decoder's table: the one look-up that every point costs. */
  readonly #seats: ({ readonly series: Series; readonly state: SeriesState } | undefined)[] = [];
  readonly #activeByRule = new Map<string, Set<Instance>>();
  readonly #deadlines = new Deadlines<Instance>();
  readonly #meter: EngineOptions['meter'];
  #saved: Map<string, InstanceRow>;
  #isRestoring = true;
  /** The latest moment it has been told of. What moves things in the plant goes by this one. */
  #clock: number;
  /** The moment that is being lived: in a late tick, each deadline's own. */
  #moment: number;
  #outputs: EngineOutput[] = [];
  /** Instances that must be looked at because another alarm changed. */
  #affected = new Set<Instance>();
  #dirty: Instance[] = [];
  #dirtySeries: SeriesState[] = [];
  #dirtyDevices: DeviceState[] = [];
  #rows = new Map<string, string | null>();

  constructor(options: EngineOptions) {
    const saved: SavedEngine = readRows(options.saved ?? []);
    this.#meter = options.meter;
    this.#clock = saved.engine?.clock ?? options.startedAt;
    this.#moment = this.#clock;
    this.#saved = saved.instances;
    this.#plant = new Plant(saved.models ?? options.models ?? new Map());
    this.#binder = new Binder(this.#plant, {
      onInstance: (instance) => this.#restore(instance),
      onAmbiguous: options.onAmbiguous ?? (() => {}),
    });
    for (const rule of [...PIPELINE_RULES, ...(options.rules ?? saved.rules)]) this.#load(rule);
    for (const [id, reason] of Object.entries(saved.engine?.isolated ?? {})) this.#markIsolated(id, reason);
    saved.fill(this.#plant);
    this.#bindAll();
    this.#isRestoring = false;
  }

  /** Takes one input and returns what it led to, in order. */
  step(input: EngineInput): EngineOutput[] {
    this.#outputs = [];
    const at = input.kind === 'point' ? input.receivedAt : input.at;
    if (input.kind !== 'resume') {
      if (at > this.#clock) this.#clock = at;
      if (this.#deadlines.next() <= at) this.#runClock(at);
      this.#moment = this.#clock;
    }
    this.#take(input);
    if (this.#affected.size > 0) this.#settle();
    return this.#outputs;
  }

  #take(input: EngineInput): void {
    switch (input.kind) {
      case 'point':
        this.#point(input);
        break;
      case 'tick':
        break;
      case 'device':
        this.#device(input);
        break;
      case 'device-gone':
        this.#deviceGone(input);
        break;
      case 'config':
        this.#config(input);
        break;
      case 'plant-state':
        this.#plantState(input);
        break;
      case 'operation':
        this.#operation(input);
        break;
      case 'reply':
        this.#reply(input.device, {
          cid: input.reply.cid,
          status: input.reply.status,
          reason: input.reply.reason,
        });
        break;
      case 'delivered':
        this.#reply(input.device, { cid: input.cid, status: 'DELIVERED', reason: undefined });
        break;
      case 'reload':
        this.#reload(input);
        break;
      case 'resume':
        this.#resume(input);
        break;
      case 'isolate':
        this.#isolate(input.rule, input.reason);
        break;
      case 'pipeline':
        this.#pipeline(input.rule as PipelineAlarm, input);
        break;
    }
  }

  /** The next moment at which a tick would change something; Infinity where none would. */
  nextDeadline(): number {
    return this.#deadlines.next();
  }

  /** By `rule/site/area/instance`. */
  get instances(): ReadonlyMap<string, Instance> {
    return this.#binder.instances;
  }

  /** The rules that are loaded, by id, companions and alarms of the pipeline included. */
  get rules(): ReadonlyMap<string, LoadedRule> {
    return this.#loaded;
  }

  /** Whether any rule reads the metric. */
  wantsMetric(metric: string): boolean {
    return this.#binder.wantsMetric(metric);
  }

  /** The latest moment that it has been told of, ms since the epoch. */
  get clock(): number {
    return this.#clock;
  }

  /** What changed of its state since the last call. */
  takeChanged(): StateRow[] {
    for (const instance of this.#dirty) {
      instance.isDirty = false;
      if (this.#binder.instances.get(instance.key) === instance) this.#row(instanceRow(instance));
    }
    for (const series of this.#dirtySeries) {
      series.isDirty = false;
      this.#row(seriesRow(series));
    }
    for (const device of this.#dirtyDevices) {
      device.isDirty = false;
      this.#row(deviceRow(device));
    }
    this.#dirty = [];
    this.#dirtySeries = [];
    this.#dirtyDevices = [];
    const isolated: { [rule: string]: string } = {};
    for (const [id, { isolatedBecause }] of this.#loaded)
      if (isolatedBecause !== undefined) isolated[id] = isolatedBecause;
    this.#row({ key: rowKeys.engine, value: JSON.stringify({ clock: this.#clock, isolated } satisfies EngineRow) });
    const rows = [...this.#rows].map(([key, value]) => ({ key, value }));
    this.#rows = new Map();
    return rows;
  }

  /** Every alarm that has something to show, to be retained anew by a broker that has lost it. */
  annunciated(): EngineOutput[] {
    return [...this.#binder.instances.values()].flatMap((instance): EngineOutput[] => {
      const message = present.alarmMessage(instance);
      return message === null ? [] : [{ kind: 'alarm', alarm: instance.alarm, message }];
    });
  }

  #point({ point, receivedAt }: Input<'point'>): void {
    const series = this.#seriesOf(point.series);
    if (series === undefined) return;
    const bindings = series.bindings ?? this.#binder.bind(series, point.measuredAt);
    const { measuredAt, value, quality } = point;
    if (point.late || measuredAt < series.at - LATENESS_MS) {
      this.#historical(series, point);
      return;
    }
    // The same message may come again; a second value of the newest moment corrects the first.
    if (measuredAt === series.at && series.value === value && series.quality === quality) return;
    if (measuredAt < series.at) {
      this.#overtaken(series, point);
      return;
    }
    for (let i = 0; i < bindings.length; i++) {
      const instance = bindings[i]?.instance;
      if (instance !== undefined && instance.dueAt - instance.lagMs <= measuredAt)
        this.#runDeadlines(instance, measuredAt);
    }
    series.at = measuredAt;
    series.value = value;
    series.quality = quality;
    if (value !== null && quality !== 'bad') series.goodAt = measuredAt;
    if (series.windows.length > 0) for (const window of series.windows) window.take(measuredAt, value, quality);
    this.#touchSeries(series);
    for (let i = 0; i < bindings.length; i++) {
      const instance = bindings[i]?.instance;
      if (instance === undefined) continue;
      instance.noteLag(receivedAt, measuredAt);
      this.#evaluate(instance, Math.max(measuredAt, instance.state.evaluatedAt));
    }
  }

  /** A sample that a newer one has overtaken: it is no value of now any more, but windows may take it in. */
  #overtaken(series: SeriesState, { measuredAt, value, quality }: Input<'point'>['point']): void {
    const isNews = series.windows.map((window) => window.take(measuredAt, value, quality)).includes(true);
    if (!isNews) return;
    this.#touchSeries(series);
    for (const { instance } of series.bindings ?? []) this.#evaluate(instance, instance.state.evaluatedAt);
  }

  /** undefined where no rule reads the metric: what nobody asks for is not kept. */
  #seriesOf(series: Series): SeriesState | undefined {
    const known = this.#seats[series.seat];
    if (known !== undefined && known.series === series) return known.state;
    if (!this.#binder.wantsMetric(series.metric)) return undefined;
    const state = this.#plant.seriesOf(this.#plant.device(series), series.metric);
    this.#seats[series.seat] = { series, state };
    return state;
  }

  /** Backfill is journaled where it would have raised an alarm, and raises none. */
  #historical(series: SeriesState, point: Input<'point'>['point']): void {
    if (!point.late) return;
    for (const { instance, input } of series.bindings ?? []) {
      const { state, loaded } = instance;
      if (loaded.isolatedBecause !== undefined || !loaded.judgesHistory || point.measuredAt <= state.historicalAt)
        continue;
      state.historicalAt = point.measuredAt;
      const isTrue = isTrueOfHistory(instance, input, point);
      if (isTrue && !state.historicallyTrue)
        this.#transition(instance, 'HISTORICAL', { at: point.measuredAt, historical: true });
      state.historicallyTrue = isTrue;
      this.#touch(instance);
    }
  }

  /** Everything that a clock does up to a moment, each thing at its own. */
  #runClock(to: number): void {
    for (let due = this.#deadlines.next(); due <= to; due = this.#deadlines.next()) {
      const instance = this.#deadlines.pop(due);
      if (instance === undefined) return;
      this.#moment = due;
      if (instance.gap !== undefined) this.#crossGap(instance);
      this.#evaluate(instance, Math.max(due - instance.lagMs, instance.state.evaluatedAt));
      if (instance.dueAt <= due) this.#deadlines.set(instance, due + 1);
      if (this.#affected.size > 0) this.#settle();
    }
  }

  /** What a clock would have done to the instance before this event. */
  #runDeadlines(instance: Instance, before: number): void {
    if (instance.gap !== undefined) {
      // Samples that have waited for us: nothing is missing between them.
      if (before < instance.gap.to) instance.gap = undefined;
      else this.#crossGap(instance);
    }
    for (let due = instance.dueAt - instance.lagMs; due <= before; due = instance.dueAt - instance.lagMs) {
      this.#evaluate(instance, Math.max(due, instance.state.evaluatedAt));
      if (instance.dueAt - instance.lagMs <= due) this.#deadlines.set(instance, due + instance.lagMs + 1);
    }
  }

  #crossGap(instance: Instance): void {
    const { gap } = instance;
    if (gap === undefined) return;
    instance.gap = undefined;
    gatherEvidence(instance, gap.from);
    passOver(instance, gap.to);
    this.#evaluate(instance, instance.state.evaluatedAt);
  }

  #device({ device: view, at }: Input<'device'>): void {
    const { device, isChanged, isOnlineChanged } = this.#plant.describe(view, at);
    // A metric that the model promises is watched before its first sample: silence from the start is silence too.
    for (const metric of device.model?.metrics.keys() ?? []) {
      if (this.#binder.wantsMetric(metric)) this.#plant.seriesOf(device, metric);
    }
    if (isChanged || isOnlineChanged) this.#touchDevice(device);
    const affected = isChanged ? this.#rebind(device) : this.#instancesOf(device);
    if (isChanged || isOnlineChanged) for (const instance of affected) this.#evaluateNow(instance);
  }

  #deviceGone({ device: name }: Input<'device-gone'>): void {
    const { device, isChanged } = this.#plant.forget(name);
    if (!isChanged) return;
    this.#touchDevice(device);
    for (const instance of this.#rebind(device)) this.#evaluateNow(instance);
  }

  #instancesOf(device: DeviceState): Set<Instance> {
    const instances = new Set<Instance>();
    for (const series of device.series.values()) {
      for (const { instance } of this.#binder.bind(series, this.#clock)) instances.add(instance);
    }
    return instances;
  }

  /** Binds the device's series as its attributes now are; an alarm that nobody feeds any more is retired. */
  #rebind(device: DeviceState): Set<Instance> {
    const affected = new Set<Instance>();
    for (const series of device.series.values())
      for (const instance of this.#binder.unbind(series)) affected.add(instance);
    for (const instance of this.#instancesOf(device)) affected.add(instance);
    for (const instance of affected) {
      if (instance.rule.inputs.length === 0 || instance.slots.some((slot) => slot !== null)) continue;
      this.#retire(instance);
      affected.delete(instance);
    }
    return affected;
  }

  #config({ device: name, config }: Input<'config'>): void {
    const device = this.#plant.device(name);
    device.config = config;
    this.#touchDevice(device);
    for (const instance of this.#instancesOf(device)) this.#evaluateNow(instance);
  }

  #plantState({ site, area, name, value }: Input<'plant-state'>): void {
    this.#plant.setState({ site, area, name, value });
    this.#row({ key: rowKeys.plantState(site, area, name), value: value === null ? null : JSON.stringify(value) });
    for (const instance of this.#plant.area(site, area).instances) this.#evaluateNow(instance);
  }

  #operation({ alarm, ...asked }: Input<'operation'>): void {
    const instance = this.#binder.instances.get(instanceKey(alarm));
    if (instance === undefined) return;
    const { op, by, comment } = asked.operation;
    const at = Math.max(asked.at, instance.state.evaluatedAt);
    const who = { at, actor: by, ...(comment === undefined ? {} : { comment }) };
    const before = alarmOverlay(instance.state);
    let outcome = operate(instance, { ...asked, at });
    if (op === 'approve' && outcome.kind === 'done') {
      const refusal = commands.approveCommand(instance, this.#commandEvents(instance, who));
      if (refusal !== undefined) outcome = { kind: 'refused', why: refusal };
    }
    if (outcome.kind === 'repeated') return;
    if (outcome.kind === 'refused')
      this.#transition(instance, 'REFUSED', { at, actor: by, comment: `${op}: ${outcome.why}` });
    else this.#afterOverlay(instance, before, { event: outcome.event, detail: who });
    this.#schedule(instance);
  }

  /** Journals what may have ended an overlay; an alarm that comes out of one active calls the operator. */
  #afterOverlay(
    instance: Instance,
    before: ReturnType<typeof alarmOverlay>,
    { event, detail }: { readonly event: JournalEvent; readonly detail: present.EntryDetail & { readonly at: number } },
  ): void {
    const { state } = instance;
    const calls = before !== null && alarmOverlay(state) === null && state.active;
    if (calls) tell(instance);
    this.#transition(instance, event, detail);
    if (calls) this.#transition(instance, 'RE_ALARM', { at: detail.at });
  }

  #reply(
    device: Input<'reply'>['device'],
    {
      cid,
      status,
      reason,
    }: { cid: string; status: Input<'reply'>['reply']['status'] | 'DELIVERED'; reason: string | undefined },
  ): void {
    for (const instance of this.#plant.area(device.site, device.area).instances) {
      const command = instance.state.commands.find((each) => commands.isCommandOf(each, device, cid));
      if (command === undefined) continue;
      const events = this.#commandEvents(instance);
      commands.takeReply(instance, { command, status, ...(reason === undefined ? {} : { reason }) }, events);
      this.#schedule(instance);
    }
  }

  #reload({ rules, models }: Input<'reload'>): void {
    if (models !== undefined) {
      this.#plant.setModels(new Map(models.map((model) => [model.model, modelOf(model)])));
      this.#row({ key: rowKeys.models, value: JSON.stringify(models) });
    }
    const next = new Map<string, CompiledRule>();
    for (const file of rules) {
      const compiled = file.mode === 'disabled' ? [] : compileRule(file);
      if (!Array.isArray(compiled)) for (const each of withCompanions(compiled)) next.set(each.id, each);
    }
    const kept = new Set(PIPELINE_RULES.map(({ id }) => id));
    const changed = [...this.#loaded.values()].filter(
      ({ rule }) => !kept.has(rule.id) && next.get(rule.id)?.rev !== rule.rev,
    );
    const added = [...next.values()].filter(({ id, rev }) => this.#loaded.get(id)?.rule.rev !== rev);
    for (const loaded of changed) this.#unload(loaded, next.get(loaded.rule.id));
    for (const rule of added) if (rule.companionOf === undefined) this.#load(rule);
    this.#rebindAll(models === undefined ? [...changed.map(({ rule }) => rule), ...added] : undefined);
    for (const rule of added)
      for (const instance of this.#loaded.get(rule.id)?.instances ?? []) this.#evaluateNow(instance);
  }

  #load(rule: CompiledRule): void {
    for (const each of withCompanions(rule)) {
      const loaded = new LoadedRule(each);
      this.#loaded.set(each.id, loaded);
      this.#binder.add(loaded);
      for (const other of [...each.readsAlarms, ...each.inhibitedBy.map(({ rule: id }) => id)]) {
        const readers = this.#readers.get(other) ?? new Set();
        this.#readers.set(other, readers.add(loaded));
      }
    }
    if (!PIPELINE_RULES.includes(rule) && !this.#isRestoring)
      this.#row({ key: rowKeys.rule(rule.id), value: JSON.stringify(rule.source) });
  }

  /** Takes a rule out. Where it comes again changed, its alarms go on; else they are retired. */
  #unload(loaded: LoadedRule, next: CompiledRule | undefined): void {
    const { rule } = loaded;
    for (const instance of [...loaded.instances]) {
      if (next === undefined) {
        this.#retire(instance);
        continue;
      }
      const isSameLogic = next.logicRev === rule.logicRev;
      if (!isSameLogic) this.#transition(instance, 'RULE_CHANGED', { at: instance.state.evaluatedAt });
      if (next.isShadow) this.#hide(instance);
      const state = isSameLogic ? instance.state : withoutEvidence(instance.state, next);
      this.#saved.set(instance.key, { ...keptOf(instance), state });
      this.#forgetActive(instance);
      this.#deadlines.set(instance, Number.POSITIVE_INFINITY);
    }
    this.#binder.remove(loaded);
    this.#loaded.delete(rule.id);
    for (const readers of this.#readers.values()) readers.delete(loaded);
    if (rule.companionOf === undefined && next === undefined) this.#row({ key: rowKeys.rule(rule.id), value: null });
  }

  #retire(instance: Instance): void {
    if (instance.shown !== '' || instance.state.active)
      this.#transition(instance, 'RETIRED', { at: instance.state.evaluatedAt });
    this.#hide(instance);
    this.#forgetActive(instance);
    this.#deadlines.set(instance, Number.POSITIVE_INFINITY);
    this.#binder.drop(instance);
    this.#row({ key: rowKeys.instance(instance.key), value: null });
  }

  #hide(instance: Instance): void {
    if (instance.shown === '') return;
    instance.shown = '';
    this.#outputs.push({ kind: 'alarm', alarm: instance.alarm, message: null });
  }

  /** Binds every series that rules may see in another way now; all of them where `rules` is undefined. */
  #rebindAll(rules: readonly CompiledRule[] | undefined): void {
    const metrics = rules && new Set(rules.flatMap(({ inputs }) => inputs.map(({ metric }) => metric)));
    for (const device of this.#plant.devices()) {
      for (const series of device.series.values())
        if (metrics === undefined || metrics.has(series.metric)) series.bindings = undefined;
    }
    this.#bindAll();
    for (const device of this.#plant.devices()) {
      for (const series of device.series.values()) {
        const used = new Set(series.bindings?.flatMap(({ instance }) => instance.windows));
        if (series.windows.some((window) => !used.has(window)))
          series.windows = series.windows.filter((window) => used.has(window));
      }
    }
  }

  #bindAll(): void {
    for (const device of this.#plant.devices()) {
      for (const metric of device.model?.metrics.keys() ?? [])
        if (this.#binder.wantsMetric(metric)) this.#plant.seriesOf(device, metric);
      for (const series of device.series.values())
        if (series.bindings === undefined) this.#binder.bind(series, this.#clock);
    }
    // Alarms that no series feeds: raised by others, or of devices that have not been heard of yet.
    for (const key of [...this.#saved.keys()]) {
      const [id = '', site = '', area = '', name = ''] = key.split('/');
      const loaded = this.#loaded.get(id);
      if (loaded !== undefined)
        this.#binder.summon(loaded, { name, area: this.#plant.area(site, area), at: this.#clock });
    }
    for (const { instances } of this.#loaded.values()) for (const instance of instances) this.#schedule(instance);
  }

  #restore(instance: Instance): void {
    const saved = this.#saved.get(instance.key);
    if (saved !== undefined) {
      this.#saved.delete(instance.key);
      Object.assign(instance, saved);
      if (instance.state.active) this.#noteActive(instance);
    }
    this.#touch(instance);
    this.#schedule(instance);
  }

  /** Between the last input and now nothing was evaluated. Samples that have waited in the broker close the gap. */
  #resume({ at }: Input<'resume'>): void {
    const from = this.#clock;
    if (at <= from) return;
    for (const instance of this.#binder.instances.values()) {
      const since = Math.max(from - instance.lagMs, instance.state.evaluatedAt);
      instance.gap = { from: since, to: Math.max(since, at - instance.lagMs) };
      this.#schedule(instance);
    }
    this.#clock = at;
    this.#moment = at;
  }

  #isolate(id: string, reason: string): void {
    if (this.#loaded.get(id) === undefined) return;
    this.#markIsolated(id, reason);
    this.#pipeline('rule-isolated', { instance: id, isRaised: true, because: reason });
  }

  #markIsolated(id: string, reason: string): void {
    const loaded = this.#loaded.get(id);
    if (loaded === undefined) return;
    loaded.isolatedBecause = reason;
    for (const instance of loaded.instances) this.#deadlines.set(instance, Number.POSITIVE_INFINITY);
  }

  #pipeline(
    id: PipelineAlarm,
    {
      instance: name,
      isRaised,
      because,
    }: { readonly instance: string; readonly isRaised: boolean; readonly because: string },
  ): void {
    const loaded = this.#loaded.get(id);
    if (loaded === undefined) return;
    const area = this.#plant.area(PIPELINE.site, PIPELINE.area);
    const key = instanceKey({ rule: id, ...PIPELINE, instance: name });
    if (!isRaised && this.#binder.instances.get(key) === undefined) return;
    this.#raise(this.#binder.summon(loaded, { name, area, at: this.#clock }), isRaised ? because : null);
  }

  /** Raises an alarm that another one, or the service, is the reason of; null lets it return. */
  #raise(instance: Instance, because: string | null): void {
    if ((instance.state.raisedBecause === null) === (because === null)) return;
    instance.state.raisedBecause = because;
    this.#evaluateNow(instance);
  }

  #raiseCompanion(instance: Instance, name: string, because: string): void {
    const loaded = this.#loaded.get(`${instance.rule.id}.${name}`);
    if (loaded === undefined) return;
    this.#raise(this.#binder.summon(loaded, { name: instance.name, area: instance.area, at: this.#clock }), because);
  }

  #evaluateNow(instance: Instance): void {
    const at = this.#moment - instance.lagMs;
    if (instance.gap !== undefined) this.#runDeadlines(instance, at);
    this.#evaluate(instance, Math.max(at, instance.state.evaluatedAt));
  }

  #evaluate(instance: Instance, at: number): void {
    if (instance.loaded.isolatedBecause !== undefined) return;
    const startedMs = this.#meter?.nowMs() ?? 0;
    try {
      this.#judge(instance, at);
    } catch (error) {
      this.#isolate(instance.rule.id, `it threw: ${error instanceof Error ? error.message : error}`);
      return;
    }
    if (this.#meter !== undefined) {
      const tookMs = this.#meter.nowMs() - startedMs;
      if (tookMs > this.#meter.budgetMs) {
        const reason = `an evaluation took ${tookMs.toFixed(1)} ms, more than its ${this.#meter.budgetMs} ms`;
        this.#outputs.push({ kind: 'overrun', rule: instance.rule.id, reason });
      }
    }
  }

  #judge(instance: Instance, at: number): void {
    const { state, loaded } = instance;
    gatherEvidence(instance, at);
    const frame = instance.lookAt(at);
    if (state.timers.length > 0) readTimers(instance, frame);
    this.#touch(instance);
    if (state.shelvedUntil !== null && this.#moment >= state.shelvedUntil) this.#endShelving(instance);
    if (loaded.hasDesignSuppression) this.#suppress(instance);
    const event = judge(instance, frame);
    if (event !== undefined) this.#transition(instance, event, { at });
    if (loaded.rule.reAlarmMs !== undefined && reAlarm(instance) !== undefined)
      this.#transition(instance, 'RE_ALARM', { at });
    if (state.commands.length > 0) commands.advanceCommands(instance, this.#commandEvents(instance));
    // While an alarm is shown, so is whether its inputs can be trusted.
    if (instance.shown !== '' && instance.shown !== present.shownForm(instance)) {
      state.seq++; // a receiver drops what is not newer
      this.#annunciate(instance);
    }
    this.#schedule(instance);
  }

  #endShelving(instance: Instance): void {
    const before = alarmOverlay(instance.state);
    const detail = { at: instance.state.shelvedUntil ?? this.#moment, comment: 'its time is over' };
    instance.state.shelvedUntil = null;
    this.#afterOverlay(instance, before, { event: 'UNSHELVED', detail });
    instance.lookAt(instance.state.evaluatedAt);
  }

  #suppress(instance: Instance): void {
    const { state } = instance;
    const frame = instance.lookAt(state.evaluatedAt);
    const isNow = isSuppressed(instance, frame, (rule) => this.#activeByRule.get(rule) ?? []);
    if (isNow === state.suppressed) return;
    const before = alarmOverlay(state);
    state.suppressed = isNow;
    this.#afterOverlay(instance, before, {
      event: isNow ? 'SUPPRESSED' : 'UNSUPPRESSED',
      detail: { at: state.evaluatedAt },
    });
    instance.lookAt(state.evaluatedAt);
  }

  #transition(instance: Instance, event: JournalEvent, detail: present.EntryDetail & { readonly at: number }): void {
    const entry = present.journalEntry(instance, event, detail);
    this.#outputs.push({ kind: 'journal', entry });
    this.#touch(instance);
    if (event === 'ACTIVE' || event === 'RETURNED') this.#noteChange(instance, event);
    this.#annunciate(instance);
    this.#act(instance, entry);
    instance.lookAt(instance.state.evaluatedAt);
  }

  #noteChange(instance: Instance, event: 'ACTIVE' | 'RETURNED'): void {
    const { rule } = instance;
    const events = this.#commandEvents(instance);
    if (event === 'ACTIVE') {
      this.#noteActive(instance);
      commands.withdrawCommands(instance, events, 'a new episode has begun');
      if (instance.state.commands.length > 0) instance.state.commands = [];
    } else {
      this.#forgetActive(instance);
      commands.withdrawCommands(instance, events, 'the alarm has returned');
      for (const { id } of rule.companions) {
        const raised = this.#binder.instances.get(instanceKey({ ...instance.alarm, rule: id }));
        if (raised?.rule.companionOf?.kind === 'raised') this.#raise(raised, null);
      }
    }
    for (const loaded of this.#readers.get(rule.id) ?? [])
      for (const reader of loaded.instances) if (reader.area.site === instance.area.site) this.#affected.add(reader);
  }

  #noteActive(instance: Instance): void {
    const { rule, area } = instance;
    const active = this.#activeByRule.get(rule.id) ?? new Set();
    if (active.has(instance)) return;
    this.#activeByRule.set(rule.id, active.add(instance));
    area.activeAlarms.set(rule.id, (area.activeAlarms.get(rule.id) ?? 0) + 1);
  }

  #forgetActive(instance: Instance): void {
    const { rule, area } = instance;
    if (this.#activeByRule.get(rule.id)?.delete(instance) === true)
      area.activeAlarms.set(rule.id, (area.activeAlarms.get(rule.id) ?? 1) - 1);
  }

  /** Looks at everything that reads an alarm which changed. Ends: rules that read each other are refused at load. */
  #settle(): void {
    for (const instance of this.#affected) {
      this.#affected.delete(instance);
      this.#evaluateNow(instance);
    }
  }

  /** What the rule does about what has happened; in shadow nothing is done. */
  #act(instance: Instance, entry: JournalEntry): void {
    const { rule } = instance;
    if (rule.isShadow || entry.historical) return;
    const isOverlaid = alarmOverlay(instance.state) !== null;
    if (!isOverlaid || entry.event === 'SHELVED' || entry.event === 'OUT_OF_SERVICE') this.#tellPeople(instance, entry);
    const trigger = triggerOf(entry.event);
    if (trigger === undefined) return;
    for (const action of rule.actions) {
      if (!action.on.includes(trigger) || (isOverlaid && trigger !== 'shelve' && !action.evenIfSuppressed)) continue;
      if (action.type === 'command') commands.requestCommands(instance, action, this.#commandEvents(instance));
      else if (action.type === 'notify')
        this.#outputs.push({ kind: 'notice', notice: present.noticeOf(instance, entry, action.to) });
      else if (action.type === 'alarm') this.#raiseCompanion(instance, action.id, `${rule.name}: ${entry.summary}`);
      else this.#outputs.push(present.publicationOf(instance, action, entry));
    }
  }

  #tellPeople(instance: Instance, entry: JournalEntry): void {
    if (present.isNews(entry.event) && instance.state.story?.isTold === true)
      this.#outputs.push({ kind: 'notice', notice: present.noticeOf(instance, entry) });
  }

  #annunciate(instance: Instance): void {
    const message = present.alarmMessage(instance);
    if (message === null && instance.shown === '') return;
    instance.shown = message === null ? '' : present.shownForm(instance);
    this.#outputs.push({ kind: 'alarm', alarm: instance.alarm, message });
  }

  #commandEvents(instance: Instance, who: present.EntryDetail = {}): commands.CommandEvents {
    const now = Math.max(instance.state.evaluatedAt, this.#clock);
    return {
      now,
      members: (each) => this.#binder.membersOf(each),
      onStatus: (command) => {
        const entry = present.journalEntry(instance, 'COMMAND', { ...who, at: now, command });
        this.#outputs.push({ kind: 'journal', entry });
        this.#touch(instance);
        this.#annunciate(instance);
      },
      onSend: (device, envelope) => {
        this.#touchDevice(device);
        this.#outputs.push({ kind: 'command', device: device.name, envelope });
      },
      onFailure: (action, command) =>
        this.#failed(instance, action, `${command.command} to ${command.device}: ${command.status}`),
    };
  }

  #failed(instance: Instance, action: CommandAction, because: string): void {
    for (const consequence of action.onFailure) {
      if (consequence.type === 'alarm') this.#raiseCompanion(instance, consequence.id, because);
      else {
        const entry = present.failureEntry(instance, because, this.#clock);
        this.#outputs.push({ kind: 'notice', notice: present.noticeOf(instance, entry, consequence.to) });
      }
    }
  }

  /** The moment, by the clock, at which time alone would change the instance. */
  #dueAt(instance: Instance): number {
    const { state, loaded, lagMs, gap } = instance;
    if (gap !== undefined) return gap.to + lagMs + GRACE_MS;
    const at = state.evaluatedAt;
    let earliest = Math.min(delayEndsAt(instance), instance.changesAt(at));
    if (loaded.moving.length > 0) {
      const frame = instance.lookAt(at);
      for (const each of loaded.moving) earliest = Math.min(earliest, each.wakesAt(frame));
    }
    let due = earliest + lagMs;
    if (state.shelvedUntil !== null) due = Math.min(due, state.shelvedUntil);
    return state.commands.length === 0 ? due : Math.min(due, commands.commandsDueAt(instance));
  }

  #schedule(instance: Instance): void {
    if (instance.loaded.isolatedBecause === undefined) this.#deadlines.set(instance, this.#dueAt(instance));
  }

  #touch(instance: Instance): void {
    if (instance.isDirty) return;
    instance.isDirty = true;
    this.#dirty.push(instance);
  }

  #touchSeries(series: SeriesState): void {
    if (series.isDirty) return;
    series.isDirty = true;
    this.#dirtySeries.push(series);
  }

  #touchDevice(device: DeviceState): void {
    if (device.isDirty) return;
    device.isDirty = true;
    this.#dirtyDevices.push(device);
  }

  #row({ key, value }: StateRow): void {
    this.#rows.set(key, value);
  }
}

function withCompanions(rule: CompiledRule): CompiledRule[] {
  return [rule, ...rule.companions];
}
