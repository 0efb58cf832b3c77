// What becomes of alarms: every transition is journaled, shown, and acted upon here and nowhere else. Companions are raised
// and let return here, commands sent, people told, operators obeyed or refused.

import { alarmOverlay, type Priority } from '#domain/alarm.ts';
import type { JournalEntry, JournalEvent } from '#domain/journal.ts';
import { PIPELINE } from '#domain/service.ts';
import type { DeviceName } from '#domain/topic.ts';
import type { CommandAction } from '../language/compile-action.ts';
import type { Binder } from './binder.ts';
import type { Rival } from './command-life.ts';
import * as commands from './commands.ts';
import { tell, tellReason } from './evaluate.ts';
import type { EngineInput } from './inputs.ts';
import type { Instance } from './instance.ts';
import type { Ledger } from './ledger.ts';
import type { LoadedRule } from './loaded-rule.ts';
import type { Now } from './now.ts';
import { operate } from './operations.ts';
import type { PipelineAlarm } from './pipeline-alarms.ts';
import type { Plant } from './plant.ts';
import * as present from './present.ts';
import { instanceKey } from './state.ts';
import { triggerOf } from './triggers.ts';

type Input<K extends EngineInput['kind']> = Extract<EngineInput, { kind: K }>;

export type AlarmsParts = {
  readonly now: Now;
  readonly plant: Plant;
  readonly binder: Binder;
  readonly ledger: Ledger;
  readonly loaded: ReadonlyMap<string, LoadedRule>;
  /** Judges an instance as of now. */
  readonly evaluateNow: (instance: Instance) => void;
  /** Every command to a device, of whatever sender. */
  readonly rivals: (device: DeviceName) => Iterable<Rival>;
  /** Sees to it that the instance is looked at when time alone would change it. */
  readonly schedule: (instance: Instance) => void;
};

export class Alarms {
  readonly #now: Now;
  readonly #plant: Plant;
  readonly #binder: Binder;
  readonly #ledger: Ledger;
  readonly #loaded: ReadonlyMap<string, LoadedRule>;
  readonly #evaluateNow: (instance: Instance) => void;
  readonly #schedule: (instance: Instance) => void;
  readonly #rivals: AlarmsParts['rivals'];
  readonly #activeByRule = new Map<string, Set<Instance>>();

  constructor({ now, plant, binder, ledger, loaded, evaluateNow, schedule, rivals }: AlarmsParts) {
    this.#now = now;
    this.#plant = plant;
    this.#binder = binder;
    this.#ledger = ledger;
    this.#loaded = loaded;
    this.#evaluateNow = evaluateNow;
    this.#schedule = schedule;
    this.#rivals = rivals;
  }

  /** The active alarms of a rule, wherever they are. */
  activeOf(rule: string): Iterable<Instance> {
    return this.#activeByRule.get(rule) ?? [];
  }

  operation({ alarm, ...asked }: Input<'operation'>): void {
    const instance = this.#binder.instances.get(instanceKey(alarm));
    if (instance === undefined) return;
    const { op, by, comment } = asked.operation;
    const at = Math.max(asked.at, instance.state.evaluatedAt);
    const who = { at, actor: by, ...(comment === undefined ? {} : { comment }) };
    const before = alarmOverlay(instance.state);
    let outcome = operate(instance, { ...asked, at });
    if (op === 'approve' && outcome.kind === 'done') {
      const refusal = commands.approveCommand(instance, this.commandEvents(instance, who));
      if (refusal !== undefined) outcome = { kind: 'refused', why: refusal };
    }
    if (outcome.kind === 'repeated') return;
    if (outcome.kind === 'refused')
      this.transition(instance, 'REFUSED', { at, actor: by, comment: `${op}: ${outcome.why}` });
    else this.afterOverlay(instance, before, { event: outcome.event, detail: who });
    this.#schedule(instance);
  }

  /** Journals what nobody can do; of an alarm that there is not, nothing is said. */
  refuse({ alarm, why, by, at }: Input<'operation-refused'>): void {
    const instance = this.#binder.instances.get(instanceKey(alarm));
    if (instance === undefined) return;
    const who = by === undefined ? {} : { actor: by };
    this.transition(instance, 'REFUSED', { ...who, at: Math.max(at, instance.state.evaluatedAt), comment: why });
  }

  /** Journals what may have ended an overlay; an alarm that comes out of one active calls the operator. */
  afterOverlay(
    instance: Instance,
    before: ReturnType<typeof alarmOverlay>,
    { event, detail }: { readonly event: JournalEvent; readonly detail: present.EntryDetail & { readonly at: number } },
  ): void {
    const { state } = instance;
    const calls = before !== null && alarmOverlay(state) === null && state.active;
    if (calls) tell(instance, Math.max(detail.at, state.evaluatedAt));
    this.transition(instance, event, detail);
    if (calls) this.transition(instance, 'RE_ALARM', { at: detail.at });
  }

  reply(
    device: Input<'reply'>['device'],
    {
      cid,
      status,
      reason,
    }: { cid: string; status: Input<'reply'>['reply']['status'] | 'DELIVERED'; reason: string | undefined },
  ): void {
    for (const instance of this.#plant.instancesFor(device)) {
      const command = instance.state.commands.find((each) => commands.isCommandOf(each, device, cid));
      if (command === undefined) continue;
      const events = this.commandEvents(instance);
      commands.takeReply(instance, { command, status, reason }, events);
      this.#schedule(instance);
    }
  }

  /** Raises an alarm that another one, or the service, is the reason of; null lets it return. */
  raise(instance: Instance, because: string | null, as: Priority | null = null): void {
    const { state } = instance;
    const { raisedBecause, raisedAs = null, active } = state;
    if (raisedBecause === because && raisedAs === as) return;
    Object.assign(state, { raisedBecause: because, raisedAs: as });
    if (raisedBecause === null || because === null || raisedAs !== as) this.#evaluateNow(instance);
    if (because !== null && active) this.#showReason(instance);
  }

  /** Another reason for the same alarm calls nobody again, but whoever looks must see the one that holds now. */
  #showReason(instance: Instance): void {
    const told = instance.state.story?.reason;
    tellReason(instance);
    this.#ledger.touch(instance);
    if (instance.shown === null || instance.state.story?.reason === told) return;
    instance.state.seq++; // a receiver drops what is not newer
    this.annunciate(instance);
  }

  #raiseCompanion(instance: Instance, name: string, because: string): void {
    const loaded = this.#loaded.get(`${instance.rule.id}.${name}`);
    if (loaded === undefined) return;
    this.raise(this.#binder.summon(loaded, { name: instance.name, area: instance.area, at: this.#now.clock }), because);
  }

  pipeline(
    id: PipelineAlarm,
    {
      instance: name,
      isRaised,
      because,
      priority,
    }: {
      readonly instance: string;
      readonly isRaised: boolean;
      readonly because: string;
      readonly priority?: Priority | undefined;
    },
  ): void {
    const loaded = this.#loaded.get(id);
    if (loaded === undefined) return;
    const area = this.#plant.area(PIPELINE.site, PIPELINE.area);
    const key = instanceKey({ rule: id, ...PIPELINE, instance: name });
    if (!isRaised && this.#binder.instances.get(key) === undefined) return;
    const raised = this.#binder.summon(loaded, { name, area, at: this.#now.clock });
    this.raise(raised, isRaised ? because : null, isRaised ? priority : null);
  }

  transition(instance: Instance, event: JournalEvent, detail: present.EntryDetail & { readonly at: number }): void {
    const entry = present.journalEntry(instance, event, detail);
    this.#now.outputs.push({ kind: 'journal', entry });
    this.#ledger.touch(instance);
    if (event === 'ACTIVE' || event === 'RETURNED') this.#noteChange(instance, event);
    this.annunciate(instance);
    this.#act(instance, entry);
    if (instance.loaded.isolatedBecause === undefined) instance.lookAt(instance.state.evaluatedAt);
  }

  #noteChange(instance: Instance, event: 'ACTIVE' | 'RETURNED'): void {
    const events = this.commandEvents(instance);
    if (event === 'ACTIVE') {
      this.noteActive(instance);
      commands.endCommands(instance, events, 'a new episode has begun');
      if (instance.state.commands.length > 0) instance.state.commands = [];
    } else {
      this.forgetActive(instance);
      commands.withdrawCommands(instance, events, 'the alarm has returned');
      this.#letRaisedReturn(instance);
    }
    this.#tellReaders(instance);
  }

  #letRaisedReturn({ rule, alarm }: Instance): void {
    for (const { id } of rule.companions) {
      const raised = this.#binder.instances.get(instanceKey({ ...alarm, rule: id }));
      if (raised?.rule.companionOf?.kind === 'raised') this.raise(raised, null);
    }
  }

  /** Alarms that read this one are judged anew. */
  #tellReaders({ rule, area }: Instance): void {
    for (const loaded of this.#now.readers.get(rule.id) ?? [])
      for (const reader of loaded.instances) if (reader.area.site === area.site) this.#now.affected.add(reader);
  }

  /** The alarm is no more: its commands end, what it raised returns, what it inhibited is heard again. */
  withdraw(instance: Instance): void {
    commands.endCommands(instance, this.commandEvents(instance), 'the alarm is no more');
    if (!instance.state.active) return;
    this.forgetActive(instance);
    this.#letRaisedReturn(instance);
    this.#tellReaders(instance);
  }

  /** Nothing is shown or sent by its rule any more; what is under way is seen to its end. */
  goIntoShadow(instance: Instance): void {
    commands.withdrawCommands(instance, this.commandEvents(instance), 'its rule is in shadow now');
    for (const command of instance.state.commands) command.retriesLeft = 0;
    this.hide(instance);
  }

  /** After its rule was loaded anew: shown as the rule now says it. Out of the shadow, an active alarm calls. */
  showAnew(instance: Instance, wasInShadow: boolean): void {
    const { state, rule } = instance;
    if (rule.isShadow) return;
    const at = state.evaluatedAt;
    if (wasInShadow && !state.active) state.unacked = false; // nobody was told of it
    if (wasInShadow && state.active && alarmOverlay(state) === null) {
      tell(instance);
      this.transition(instance, 'RE_ALARM', { at });
    } else if (present.alarmMessage(instance) !== null) {
      state.seq++; // a receiver drops what is not newer
      this.annunciate(instance);
    }
  }

  /** After the clock was set back: what is shown says since when, and must not say so of the future. */
  showMoved(instance: Instance): void {
    if (instance.shown === null) return;
    instance.state.seq++; // a receiver drops what is not newer
    this.annunciate(instance);
  }

  /** Alarms whose commands wait for the device. */
  *waitingFor(device: DeviceName): Iterable<Instance> {
    for (const instance of this.#plant.instancesFor(device)) {
      const waits = instance.state.commands.some(
        (each) => each.status === 'QUEUED' && commands.isCommandOf(each, device, each.cid),
      );
      if (waits) yield instance;
    }
  }

  /** Commands of alarms to the device. */
  *commandsTo(name: DeviceName): Iterable<Rival> {
    for (const instance of this.#plant.instancesFor(name)) {
      for (const command of instance.state.commands)
        if (commands.isCommandOf(command, name, command.cid))
          yield commands.rivalOf(command, this.commandEvents(instance));
    }
  }

  noteActive(instance: Instance): void {
    const { rule, area } = instance;
    const active = this.#activeByRule.get(rule.id) ?? new Set();
    if (active.has(instance)) return;
    this.#activeByRule.set(rule.id, active.add(instance));
    area.activeAlarms.set(rule.id, (area.activeAlarms.get(rule.id) ?? 0) + 1);
  }

  forgetActive(instance: Instance): void {
    const { rule, area } = instance;
    if (this.#activeByRule.get(rule.id)?.delete(instance) === true)
      area.activeAlarms.set(rule.id, (area.activeAlarms.get(rule.id) ?? 1) - 1);
  }

  /** What the rule does about what has happened; in shadow nothing is done. */
  #act(instance: Instance, entry: JournalEntry): void {
    const { rule } = instance;
    if (rule.isShadow || entry.historical) return;
    const isOverlaid = alarmOverlay(instance.state) !== null;
    if (!isOverlaid || present.beginsOverlay(entry.event)) this.#tellPeople(instance, entry);
    const trigger = triggerOf(entry.event);
    if (trigger === undefined) return;
    for (const action of rule.actions) {
      if (!action.on.includes(trigger) || (isOverlaid && trigger !== 'shelve' && !action.evenIfSuppressed)) continue;
      if (action.type === 'command') commands.requestCommands(instance, action, this.commandEvents(instance));
      else if (action.type === 'notify')
        this.#now.outputs.push({ kind: 'notice', notice: present.noticeOf(instance, entry, action.to) });
      else if (action.type === 'alarm') this.#raiseCompanion(instance, action.id, `${rule.name}: ${entry.summary}`);
      else this.#now.outputs.push(present.publicationOf(instance, action, entry));
    }
  }

  #tellPeople(instance: Instance, entry: JournalEntry): void {
    const { story, evaluatedAt } = instance.state;
    // A level that falls is no call: nothing was annunciated.
    if (entry.event === 'LEVEL' && story?.toldAt !== evaluatedAt) return;
    if (present.isNews(entry.event) && story?.isTold === true)
      this.#now.outputs.push({ kind: 'notice', notice: present.noticeOf(instance, entry) });
  }

  annunciate(instance: Instance): void {
    const message = present.alarmMessage(instance);
    if (message === null && instance.shown === null) return;
    instance.shown = message === null ? null : present.shownOf(instance);
    this.#now.outputs.push({ kind: 'alarm', alarm: instance.alarm, message });
  }

  hide(instance: Instance): void {
    if (instance.shown === null) return;
    instance.shown = null;
    this.#now.outputs.push({ kind: 'alarm', alarm: instance.alarm, message: null });
  }

  commandEvents(instance: Instance, who: present.EntryDetail = {}): commands.CommandEvents {
    const now = Math.max(instance.state.evaluatedAt, this.#now.clock);
    return {
      now,
      members: (each) => this.#binder.membersOf(each),
      around: (each) => this.#plant.devicesAround(each.area),
      device: ({ site, area, device }) => this.#plant.area(site, area).devices.get(device),
      rivals: (name) => this.#rivals(name),
      onStatus: (command) => {
        const entry = present.journalEntry(instance, 'COMMAND', { ...who, at: now, command });
        this.#now.outputs.push({ kind: 'journal', entry });
        this.#ledger.touch(instance);
        this.annunciate(instance);
      },
      onSend: (device, envelope) => {
        this.#ledger.touchDevice(device);
        this.#now.outputs.push({ kind: 'command', device: device.name, envelope });
      },
      onFailure: (action, command) =>
        this.#failed(instance, action, `${command.command} to ${command.device}: ${command.status}`),
    };
  }

  #failed(instance: Instance, action: CommandAction, because: string): void {
    for (const consequence of action.onFailure) {
      if (consequence.type === 'alarm') {
        this.#raiseCompanion(instance, consequence.id, because);
        // It returns with this alarm, which has returned already; an operator still has it to acknowledge.
        if (!instance.state.active) this.#letRaisedReturn(instance);
      } else {
        const entry = present.failureEntry(instance, because, this.#now.clock);
        this.#now.outputs.push({ kind: 'notice', notice: present.noticeOf(instance, entry, consequence.to) });
      }
    }
  }
}
