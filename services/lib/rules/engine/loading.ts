// Rules that come, change and go while their alarms live: what is loaded is bound to the series that it wants, what goes on
// keeps its state as the language says, and what is left over is retired.

import { modelOf } from '#runtime/plant-files.ts';
import { type CompiledRule, compileRule } from '../language/compile-rule.ts';
import type { EngineParts } from './engine-parts.ts';
import { passOver } from './evaluate.ts';
import type { EngineInput } from './inputs.ts';
import type { Instance } from './instance.ts';
import { LoadedRule } from './loaded-rule.ts';
import { PIPELINE_RULES } from './pipeline-alarms.ts';
import type { SavedEngine } from './restore.ts';
import { Retired } from './retired.ts';
import { type InstanceRow, keptOf, rowKeys } from './snapshot.ts';
import { withoutEvidence } from './state.ts';

export type LoadingParts = EngineParts & {
  /** By id, companions and alarms of the pipeline included; kept here. */
  readonly loaded: Map<string, LoadedRule>;
  readonly saved: Pick<SavedEngine, 'instances' | 'retired'>;
};

type Reload = Pick<Extract<EngineInput, { kind: 'reload' }>, 'rules' | 'models' | 'again'>;

/** Alarms of the pipeline itself: the check refuses rules of these names, and what comes past it replaces none. */
const OWN: ReadonlySet<string> = new Set(PIPELINE_RULES.map(({ id }) => id));

export class Loading {
  readonly #parts: EngineParts;
  readonly #loaded: Map<string, LoadedRule>;
  readonly #retired: Retired;
  /** States of alarms that are not there: of an earlier life, or of a rule that is being loaded anew. */
  readonly #saved: Map<string, InstanceRow>;
  #isBegun = false;

  constructor({ loaded, saved, ...parts }: LoadingParts) {
    this.#parts = parts;
    this.#loaded = loaded;
    this.#saved = saved.instances;
    this.#retired = new Retired(parts.ledger, saved.retired);
  }

  /** The rules of a life that begins; what is written down of them is there already. */
  begin(rules: readonly CompiledRule[]): void {
    for (const rule of [...PIPELINE_RULES, ...rules.filter(({ id }) => !OWN.has(id))]) this.load(rule);
    this.#isBegun = true;
  }

  /** The rules, and models where they changed too, as they are from now on. */
  reload({ rules, models, again = [] }: Reload): void {
    if (models !== undefined) {
      this.#parts.plant.setModels(new Map(models.map((model) => [model.model, modelOf(model)])));
      this.#parts.ledger.put({ key: rowKeys.models, value: JSON.stringify(models) });
    }
    const next = new Map<string, CompiledRule>();
    for (const file of rules) {
      const compiled = file.mode === 'disabled' ? [] : compileRule(file);
      if (Array.isArray(compiled) || OWN.has(compiled.id)) continue;
      for (const each of withCompanions(compiled)) next.set(each.id, each);
    }
    const isAnother = (rule: CompiledRule, rev: string | undefined) =>
      rule.rev !== rev || again.includes(rule.companionOf?.rule ?? rule.id);
    const changed = [...this.#loaded.values()].filter(
      ({ rule }) => !OWN.has(rule.id) && isAnother(rule, next.get(rule.id)?.rev),
    );
    const added = [...next.values()].filter((rule) => isAnother(rule, this.#loaded.get(rule.id)?.rule.rev));
    for (const loaded of changed) this.#unload(loaded, next.get(loaded.rule.id));
    for (const { rule, isolatedBecause } of changed)
      if (isolatedBecause !== undefined)
        this.#parts.alarms.pipeline('rule-isolated', { instance: rule.id, isRaised: false, because: '' });
    for (const rule of added) if (rule.companionOf === undefined) this.load(rule);
    this.#rebindAll(models === undefined ? [...changed.map(({ rule }) => rule), ...added] : undefined);
    this.#goOn(added, changed);
  }

  /** Alarms of rules that were loaded are judged, and shown, as their rules now are. */
  #goOn(added: readonly CompiledRule[], changed: readonly LoadedRule[]): void {
    const idsOf = (rules: readonly LoadedRule[]) => new Set(rules.map(({ rule }) => rule.id));
    const stopped = idsOf(changed.filter(({ isolatedBecause }) => isolatedBecause !== undefined));
    const hidden = idsOf(changed.filter(({ rule }) => rule.isShadow));
    for (const rule of added)
      for (const instance of [...(this.#loaded.get(rule.id)?.instances ?? [])]) {
        if (this.#parts.binder.isOrphan(instance)) {
          this.retire(instance);
          continue;
        }
        const { state, shown } = instance;
        if (stopped.has(rule.id) && (shown !== null || state.active))
          this.#parts.alarms.transition(instance, 'RESUMED', { at: this.#nowOf(instance) });
        this.#parts.evaluator.evaluateNow(instance);
        this.#parts.alarms.showAnew(instance, hidden.has(rule.id));
      }
  }

  /** When something befalls an alarm that no sample has led to. */
  #nowOf({ state }: Instance): number {
    return Math.max(state.evaluatedAt, this.#parts.now.clock);
  }

  /** Takes a rule in with its companions; its series are bound with the next bindAll(). */
  load(rule: CompiledRule): void {
    for (const each of withCompanions(rule)) {
      const loaded = new LoadedRule(each, this.#parts.frame);
      this.#loaded.set(each.id, loaded);
      this.#parts.binder.add(loaded);
      for (const other of [...each.readsAlarms, ...each.inhibitedBy.map(({ rule: id }) => id)]) {
        const readers = this.#parts.now.readers.get(other) ?? new Set();
        this.#parts.now.readers.set(other, readers.add(loaded));
      }
    }
    if (!OWN.has(rule.id) && this.#isBegun)
      this.#parts.ledger.put({ key: rowKeys.rule(rule.id), value: JSON.stringify(rule.source) });
  }

  /** Takes a rule out. Where it comes again changed, its alarms go on; else they are retired. */
  #unload(loaded: LoadedRule, next: CompiledRule | undefined): void {
    const { rule } = loaded;
    for (const instance of [...loaded.instances]) {
      if (next === undefined) {
        this.retire(instance);
        continue;
      }
      const isSameLogic = next.logicRev === rule.logicRev;
      if (!isSameLogic) this.#parts.alarms.transition(instance, 'RULE_CHANGED', { at: this.#nowOf(instance) });
      // What was while nobody judged it is not known.
      if (loaded.isolatedBecause !== undefined) passOver(instance, this.#parts.now.clock - instance.lagMs);
      if (next.isShadow) this.#parts.alarms.goIntoShadow(instance);
      const state = isSameLogic ? instance.state : withoutEvidence(instance.state, next);
      this.#saved.set(instance.key, { ...keptOf(instance), state });
      this.#parts.alarms.forgetActive(instance);
      this.#parts.evaluator.forget(instance);
    }
    this.#parts.binder.remove(loaded);
    this.#loaded.delete(rule.id);
    for (const readers of this.#parts.now.readers.values()) readers.delete(loaded);
    if (rule.companionOf === undefined && next === undefined)
      this.#parts.ledger.put({ key: rowKeys.rule(rule.id), value: null });
  }

  /** An alarm that is no more. */
  retire(instance: Instance): void {
    if (instance.shown !== null || instance.state.active)
      this.#parts.alarms.transition(instance, 'RETIRED', { at: this.#nowOf(instance) });
    this.#parts.alarms.withdraw(instance);
    this.#parts.alarms.hide(instance);
    this.#parts.evaluator.forget(instance);
    this.#parts.binder.drop(instance);
    this.#retired.note(instance);
    this.#parts.ledger.put({ key: rowKeys.instance(instance.key), value: null });
  }

  /** Binds every series that rules may see in another way now; all of them where `rules` is undefined. */
  #rebindAll(rules: readonly CompiledRule[] | undefined): void {
    const metrics = rules && new Set(rules.flatMap(({ inputs }) => inputs.map(({ metric }) => metric)));
    for (const device of this.#parts.plant.devices()) {
      for (const series of device.series.values())
        if (metrics === undefined || metrics.has(series.metric)) series.feeds = undefined;
    }
    this.bindAll();
    for (const device of this.#parts.plant.devices()) {
      for (const series of device.series.values()) {
        const used = new Set(series.feeds?.flatMap(({ windows }) => windows));
        if (series.windows.some((window) => !used.has(window)))
          series.windows = series.windows.filter((window) => used.has(window));
      }
    }
  }

  /** Binds every series that is not bound, and brings back what was kept of alarms. */
  bindAll(): void {
    for (const device of this.#parts.plant.devices()) {
      for (const metric of device.model?.metrics.keys() ?? [])
        if (this.#parts.binder.wantsMetric(metric)) this.#parts.plant.seriesOf(device, metric);
      for (const series of device.series.values())
        if (series.feeds === undefined) this.#parts.binder.bind(series, this.#parts.now.clock);
    }
    // Alarms that no series feeds: raised by others, or of devices that have not been heard of yet.
    for (const key of [...this.#saved.keys()]) {
      const [id = '', site = '', area = '', name = ''] = key.split('/');
      const loaded = this.#loaded.get(id);
      if (loaded !== undefined)
        this.#parts.binder.summon(loaded, {
          name,
          area: this.#parts.plant.area(site, area),
          at: this.#parts.now.clock,
        });
    }
    for (const { instances } of this.#loaded.values())
      for (const instance of instances) this.#parts.evaluator.schedule(instance);
  }

  /** A new instance: it goes on where one of its name ended. */
  restore(instance: Instance): void {
    const saved = this.#saved.get(instance.key);
    if (saved !== undefined) {
      this.#saved.delete(instance.key);
      Object.assign(instance, saved);
      if (instance.state.active) this.#parts.alarms.noteActive(instance);
    } else this.#retired.recall(instance);
    this.#parts.ledger.touch(instance);
    this.#parts.evaluator.schedule(instance);
  }
}

function withCompanions(rule: CompiledRule): CompiledRule[] {
  return [rule, ...rule.companions];
}
