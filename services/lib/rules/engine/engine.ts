// The rules engine: inputs in, outputs out, nothing else. It reads no clock, opens nothing, and the same inputs in the same
// order give the same outputs, so live, shadow, test and backtest are one path. Cost grows with the inputs a series feeds.

import { ALLOWED_LATENESS_MS, type Point } from '#domain/point.ts';
import type { Series } from '#domain/series.ts';
import type { DeviceName } from '#domain/topic.ts';
import type { DeviceModel } from '#runtime/plant-files.ts';
import type { CompiledRule } from '../language/compile-rule.ts';
import { Alarms } from './alarms.ts';
import { Binder } from './binder.ts';
import { type ClockStepParts, resumeEarlier, stepClock } from './clock-step.ts';
import type { Answer } from './command-life.ts';
import { Evaluator } from './evaluator.ts';
import { isTrueOfHistory } from './historical.ts';
import { believed, momentOf } from './input-moment.ts';
import type { EngineInput, EngineOutput } from './inputs.ts';
import type { Instance } from './instance.ts';
import { Ledger } from './ledger.ts';
import type { LoadedRule } from './loaded-rule.ts';
import { Loading } from './loading.ts';
import type { Now } from './now.ts';
import { PeopleCommands } from './people-commands.ts';
import type { PipelineAlarm } from './pipeline-alarms.ts';
import { type DeviceState, noteType, Plant, type SeriesState } from './plant.ts';
import * as present from './present.ts';
import { readRows, type SavedEngine } from './restore.ts';
import { ServiceProblems } from './service-problems.ts';
import { SharedFrame } from './shared-frame.ts';
import { type EngineRow, rowKeys, type StateRow } from './snapshot.ts';
import type { Meter } from './suspects.ts';
import { UnknownDevices } from './unknown-devices.ts';

type Input<K extends EngineInput['kind']> = Extract<EngineInput, { kind: K }>;

export type EngineOptions = {
  /** Rules of this life; those of the saved state where they are left out. */
  readonly rules?: readonly CompiledRule[];
  readonly models?: ReadonlyMap<string, DeviceModel>;
  /** Everything an earlier life wrote down. */
  readonly saved?: readonly StateRow[];
  readonly startedAt: number;
  readonly onAmbiguous?: (message: string) => void;
  /** Series of devices that no registry knows; any number where it is left out, as where there is no registry. */
  readonly unknownSeriesMax?: number;
  /** Measures how long an evaluation takes, for its budget; without one no budget is held. */
  readonly meter?: Meter;
  /** Told of an instance whenever it has been judged, with its state moved and the rule's frame still on it. */
  readonly onJudged?: (instance: Instance) => void;
};

export class Engine {
  readonly #plant: Plant;
  readonly #binder: Binder;
  readonly #loaded = new Map<string, LoadedRule>();
  /** Series as they were last met, by their seat in the decoder's table: the one look-up that every point costs. */
  readonly #seats: (SeriesState | undefined)[] = [];

  readonly #frame = new SharedFrame();
  readonly #now: Now;
  readonly #ledger = new Ledger();
  readonly #loading: Loading;
  readonly #unknown: UnknownDevices;
  readonly #evaluator: Evaluator;
  readonly #alarms: Alarms;
  readonly #services: ServiceProblems;
  readonly #people: PeopleCommands;

  constructor(options: EngineOptions) {
    const saved: SavedEngine = readRows(options.saved ?? []);
    const clock = saved.engine?.clock ?? options.startedAt;
    const now: Now = { clock, moment: clock, outputs: [], affected: new Set(), readers: new Map() };
    const plant = new Plant(saved.models ?? options.models ?? new Map());
    const binder = new Binder(plant, {
      onInstance: (instance) => this.#loading.restore(instance),
      onAmbiguous: options.onAmbiguous ?? (() => {}),
    });
    const shared = { now, ledger: this.#ledger, loaded: this.#loaded };
    const evaluator = new Evaluator({ ...shared, meter: options.meter, onJudged: options.onJudged });
    const rivals = (device: DeviceName) => [...this.#alarms.commandsTo(device), ...this.#people.commandsTo(device)];
    this.#alarms = new Alarms({
      ...{ ...shared, plant, binder, rivals },
      evaluateNow: (instance) => evaluator.evaluateNow(instance),
      schedule: (instance) => evaluator.schedule(instance),
    });
    evaluator.tellTo(this.#alarms);
    this.#now = now;
    this.#plant = plant;
    this.#binder = binder;
    this.#evaluator = evaluator;
    this.#loading = new Loading({
      ...{ ...shared, plant, binder, evaluator, saved },
      ...{ frame: this.#frame, alarms: this.#alarms },
    });
    this.#services = new ServiceProblems({
      loaded: this.#loaded,
      raise: (raised) => this.#alarms.pipeline('service-problem', raised),
      retire: (instance) => this.#loading.retire(instance),
    });
    this.#frame.skips = saved.engine?.skips ?? [];
    this.#frame.freshFrom = saved.engine?.freshFrom ?? Number.NEGATIVE_INFINITY;
    this.#loading.begin(options.rules ?? saved.rules);
    for (const [id, reason] of Object.entries(saved.engine?.isolated ?? {})) evaluator.markIsolated(id, reason);
    saved.fill(plant);
    this.#unknown = new UnknownDevices(plant, this.#ledger, options.unknownSeriesMax ?? Number.POSITIVE_INFINITY);
    this.#people = new PeopleCommands({ now, plant, ledger: this.#ledger, rivals, spent: saved.spentOrders });
    this.#loading.bindAll();
  }

  /** Takes one input and returns what it led to, in order. */
  step(input: EngineInput): EngineOutput[] {
    this.#now.outputs = [];
    const at = momentOf(input);
    if (input.kind !== 'resume') {
      if (at > this.#now.clock) this.#now.clock = at;
      if (this.nextDeadline() <= at) this.#runClock(at);
      this.#now.moment = this.#now.clock;
    }
    this.#take(input);
    if (this.#now.affected.size > 0) this.#evaluator.settle();
    return this.#now.outputs;
  }

  #take(input: EngineInput): void {
    switch (input.kind) {
      case 'point':
        this.#sample(believed(input), input.receivedAt);
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
      case 'command-operation':
        this.#people.take(input);
        break;
      case 'command-refused':
        this.#people.refuse(input);
        break;
      case 'operation':
        this.#alarms.operation(input);
        break;
      case 'operation-refused':
        this.#alarms.refuse(input);
        break;
      case 'reply':
        this.#answer(input.device, { ...input.reply, reason: input.reply.reason });
        break;
      case 'delivered':
        this.#answer(input.device, { cid: input.cid, status: 'DELIVERED', reason: undefined });
        break;
      case 'reload':
        this.#reload(input);
        break;
      case 'clock-step':
        stepClock(this.#clockParts(), input);
        break;
      case 'resume':
        this.#resume(input);
        break;
      case 'isolate':
        this.#evaluator.isolate(input.rule, input.reason);
        break;
      case 'pipeline':
        this.#alarms.pipeline(input.rule as PipelineAlarm, input);
        break;
      case 'service':
        this.#services.take(input);
        break;
    }
  }

  /** The next moment at which a tick would change something; Infinity where none would. */
  nextDeadline(): number {
    return Math.min(this.#evaluator.nextDeadline(), this.#people.nextDeadline());
  }

  /** By `rule/site/area/instance`. */
  get instances(): ReadonlyMap<string, Instance> {
    return this.#binder.instances;
  }

  /** The rules that are loaded, by id, companions and alarms of the pipeline included. */
  get rules(): ReadonlyMap<string, LoadedRule> {
    return this.#loaded;
  }

  /** Whether any rule reads the metric, or a command waits for it to show that it was done. */
  wantsMetric(metric: string): boolean {
    return this.#binder.wantsMetric(metric) || this.#people.watches(metric);
  }

  /** Whether the registry has the device. */
  knows(device: DeviceName): boolean {
    return (this.#plant.find(device)?.view ?? null) !== null;
  }

  /** Series of devices that no registry knows, and how many of their inputs found no room. */
  get unknownDevices(): Pick<UnknownDevices, 'count' | 'refused'> {
    return this.#unknown;
  }

  /** Problems of services that found no room among the alarms. */
  get problemsRefused(): number {
    return this.#services.refused;
  }

  /** The latest moment that it has been told of, ms since the epoch. */
  get clock(): number {
    return this.#now.clock;
  }

  /** What changed of its state since the last call. */
  takeChanged(): StateRow[] {
    const isolated: { [rule: string]: string } = {};
    for (const [id, { isolatedBecause }] of this.#loaded)
      if (isolatedBecause !== undefined) isolated[id] = isolatedBecause;
    const { skips, freshFrom } = this.#frame;
    const row: EngineRow = {
      clock: this.#now.clock,
      isolated,
      skips,
      freshFrom: Number.isFinite(freshFrom) ? freshFrom : null,
    };
    this.#ledger.put({ key: rowKeys.engine, value: JSON.stringify(row) });
    return this.#ledger.take((instance) => this.#binder.instances.get(instance.key) === instance);
  }

  /** Every alarm, and every device with commands of people, that has something to show, to be retained anew by a broker that has lost it. */
  annunciated(): EngineOutput[] {
    const alarms = [...this.#binder.instances.values()].flatMap((instance): EngineOutput[] => {
      const message = present.alarmMessage(instance);
      return message === null ? [] : [{ kind: 'alarm', alarm: instance.alarm, message }];
    });
    return [...alarms, ...this.#people.shown()];
  }

  /** Everything that a clock does up to a moment, each thing at its own. */
  #runClock(to: number): void {
    for (let due = this.#people.nextDeadline(); due <= to; due = this.#people.nextDeadline()) {
      this.#evaluator.runClock(due);
      this.#people.runDue(due);
    }
    this.#evaluator.runClock(to);
  }

  #answer(device: DeviceName, answer: Answer & { readonly cid: string }): void {
    this.#alarms.reply(device, answer);
    this.#people.answer(device, answer);
  }

  #sample(point: Point, receivedAt: number): void {
    if (this.#people.watches(point.series.metric)) this.#people.point(point);
    this.#point(point, receivedAt);
  }

  #point(point: Point, receivedAt: number): void {
    const series = this.#seriesOf(point.series);
    if (series === undefined) return;
    const feeds = series.feeds ?? this.#binder.bind(series, point.measuredAt);
    const { measuredAt, value, quality } = point;
    if (point.late || measuredAt < series.at - ALLOWED_LATENESS_MS) {
      this.#historical(series, point);
      return;
    }
    // The same message may come again; a second value of the newest moment corrects the first.
    if (measuredAt === series.at && series.value === value && series.quality === quality) return;
    if (measuredAt < series.at) {
      this.#overtaken(series, point);
      return;
    }
    for (const instance of feeds) {
      if (instance.dueAt - instance.lagMs <= measuredAt || instance.gap !== undefined)
        this.#evaluator.runDeadlines(instance, measuredAt);
    }
    series.at = measuredAt;
    series.value = value;
    series.quality = quality;
    if (value !== null && quality !== 'bad') {
      if (typeof value !== series.goodType) noteType(series, typeof value);
      series.goodAt = measuredAt;
    }
    if (value !== null && quality === 'good') series.certainAt = measuredAt;
    if (series.windows.length > 0) for (const window of series.windows) window.take(measuredAt, value, quality);
    this.#ledger.touchSeries(series);
    for (const instance of feeds) {
      instance.noteLag(receivedAt, measuredAt);
      this.#evaluator.evaluate(instance, Math.max(measuredAt, instance.state.evaluatedAt));
    }
  }

  /** A sample that a newer one has overtaken: it is no value of now any more, but windows may take it in. */
  #overtaken(series: SeriesState, { measuredAt, value, quality }: Point): void {
    const isNews = series.windows.map((window) => window.take(measuredAt, value, quality)).includes(true);
    if (!isNews) return;
    this.#ledger.touchSeries(series);
    for (const instance of series.feeds ?? []) this.#evaluator.evaluate(instance, instance.state.evaluatedAt);
  }

  /** undefined where no rule reads the metric: what nobody asks for is not kept. */
  #seriesOf(series: Series): SeriesState | undefined {
    const known = this.#seats[series.seat];
    if (known !== undefined && known.named === series) return known;
    if (!this.#binder.wantsMetric(series.metric)) return undefined;
    const device = this.#plant.find(series);
    const found = device?.series.get(series.metric);
    if (found === undefined && !this.#admits(device)) return undefined;
    const make = () => this.#plant.seriesOf(this.#plant.device(series), series.metric);
    const state = found ?? this.#unknown.counting(series, make);
    state.named = series;
    this.#seats[series.seat] = state;
    return state;
  }

  #admits(device: DeviceState | undefined): boolean {
    if (this.#unknown.admits(device)) return true;
    const because = `there are ${this.#unknown.max} series of devices that no registry knows; what is new is not judged`;
    this.#alarms.pipeline('devices-unknown', { instance: 'rules', isRaised: true, because });
    return false;
  }

  /** Where devices were named, or went away, there may be room again. */
  #noteRoom(): void {
    if (this.#unknown.isRelaxed)
      this.#alarms.pipeline('devices-unknown', { instance: 'rules', isRaised: false, because: '' });
  }

  /** Backfill is journaled where it would have raised an alarm, and raises none. */
  #historical(series: SeriesState, point: Point): void {
    if (!point.late) return;
    for (const instance of series.feeds ?? []) {
      const { state, loaded } = instance;
      if (loaded.isolatedBecause !== undefined || !loaded.judgesHistory || point.measuredAt <= state.historicalAt)
        continue;
      state.historicalAt = point.measuredAt;
      const isTrue = isTrueOfHistory(instance, series, point);
      if (isTrue && !state.historicallyTrue)
        this.#alarms.transition(instance, 'HISTORICAL', { at: point.measuredAt, historical: true });
      state.historicallyTrue = isTrue;
      this.#ledger.touch(instance);
    }
  }

  #device({ device: view, at }: Input<'device'>): void {
    const describe = () => this.#plant.describe(view, at);
    const { device, isNew, isChanged, isOnlineChanged } = this.#unknown.counting(view, describe);
    if (isNew) this.#noteRoom();
    // A metric that the model promises is watched before its first sample: silence from the start is silence too.
    for (const metric of device.model?.metrics.keys() ?? []) {
      if (this.#binder.wantsMetric(metric)) this.#plant.seriesOf(device, metric);
    }
    if (isNew || isChanged || isOnlineChanged) this.#ledger.touchDevice(device);
    const affected = isChanged ? this.#rebind(device) : this.#instancesOf(device);
    if (isOnlineChanged) for (const instance of this.#alarms.waitingFor(device.name)) affected.add(instance);
    if (isOnlineChanged) this.#people.deviceChanged(device);
    if (isChanged || isOnlineChanged) for (const instance of affected) this.#evaluator.evaluateNow(instance);
  }

  #deviceGone({ device: name }: Input<'device-gone'>): void {
    const known = this.#plant.find(name);
    if (known === undefined) return;
    this.#people.deviceGone(known);
    const { device, isChanged } = this.#unknown.counting(name, () => this.#plant.forget(name));
    if (!isChanged) return;
    this.#ledger.touchDevice(device);
    for (const instance of this.#rebind(device)) this.#evaluator.evaluateNow(instance);
    this.#unknown.release(device, (_, feeds) => feeds > 0);
    this.#noteRoom();
  }

  #instancesOf(device: DeviceState): Set<Instance> {
    const instances = new Set<Instance>();
    for (const series of device.series.values()) {
      for (const instance of this.#binder.bind(series, this.#now.clock)) instances.add(instance);
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
      this.#loading.retire(instance);
      affected.delete(instance);
    }
    return affected;
  }

  #config({ device: name, config }: Input<'config'>): void {
    const found = this.#plant.find(name);
    if (found === undefined && !this.#admits(found)) return;
    const device = found ?? this.#unknown.counting(name, () => this.#plant.device(name));
    device.config = config;
    this.#ledger.touchDevice(device);
    for (const instance of this.#instancesOf(device)) this.#evaluator.evaluateNow(instance);
  }

  #plantState({ site, area, name, value }: Input<'plant-state'>): void {
    this.#plant.setState({ site, area, name, value });
    this.#ledger.put({
      key: rowKeys.plantState(site, area, name),
      value: value === null ? null : JSON.stringify(value),
    });
    for (const instance of this.#plant.area(site, area).instances) this.#evaluator.evaluateNow(instance);
  }

  #reload(input: Input<'reload'>): void {
    this.#loading.reload(input);
    for (const device of this.#plant.devices())
      this.#unknown.release(device, (metric) => this.#binder.wantsMetric(metric));
    this.#noteRoom();
  }

  /** Between the last input and now nothing was evaluated. Samples that have waited in the broker close the gap. */
  #resume({ at }: Input<'resume'>): void {
    const isSetBack = at < this.#now.clock - ALLOWED_LATENESS_MS;
    if (isSetBack) resumeEarlier(this.#clockParts(), at);
    this.#people.resume(at);
    const from = this.#now.clock;
    if (at <= from && !isSetBack) return;
    for (const instance of this.#binder.instances.values()) {
      // What no sample has closed since an earlier start is as unknown as it was then.
      const since = instance.gap?.from ?? Math.max(from - instance.lagMs, instance.state.evaluatedAt);
      instance.gap = { from: since, to: Math.max(since, at - instance.lagMs) };
      this.#ledger.touch(instance);
      this.#evaluator.schedule(instance);
    }
    this.#now.clock = at;
    this.#now.moment = at;
  }

  #clockParts(): ClockStepParts {
    return {
      ...{ now: this.#now, plant: this.#plant, binder: this.#binder, ledger: this.#ledger, frame: this.#frame },
      ...{ evaluator: this.#evaluator, alarms: this.#alarms, rebind: () => this.#loading.bindAll() },
      people: this.#people,
    };
  }
}
