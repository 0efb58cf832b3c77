// Notifications: what the engine wants told, to whom it concerns. A notice goes through routing, stages, groups, the flood
// guard and a postbox for each address. All of it runs in `tick`, which gets the time; nothing here waits by itself. Not
// durable: the service keeps every notice until `onDone` names its id, and the told log (told-log.ts).

import type { Notice } from '#rules/engine/inputs.ts';
import { type Call, isLoss, type Settlement } from './call.ts';
import { passesCallStages, type StageContext } from './call-stages.ts';
import { callsOf, type Draft, writeLetter } from './draft.ts';
import { FloodGuard } from './flood-guard.ts';
import { Groups } from './groups.ts';
import { Ledger, unaddressed } from './ledger.ts';
import { newsOf } from './news.ts';
import { isCall, isCriticalCall, phaseOf } from './notice-phase.ts';
import type { NotifyConfig } from './notify-files.ts';
import type { Send } from './outlets.ts';
import { Postbox } from './postbox.ts';
import { type Arrival, callsFor } from './routing.ts';
import { type Told, ToldLog, type ToldStore } from './told-log.ts';
import { UnderWay } from './under-way.ts';

export type NotifierOptions = {
  /** undefined: the files have errors; notices then wait for `reconfigure`. */
  readonly config: NotifyConfig | undefined;
  readonly send: Send;
  readonly toldStore: ToldStore;
  /** What the store kept in earlier lives. */
  readonly told: Iterable<Told>;
  /** The notice may be struck off. */
  readonly onDone: (id: number) => void;
  /** What became of a notice at an address; for counters, and for the log where isLoss() or a critical call reached nobody. */
  readonly onSettled: (settlement: Settlement) => void;
  /** Every try of a letter. */
  readonly onTry: (tried: { readonly address: string; readonly problem: string | undefined }) => void;
};

/** Calls in memory. Beyond it only critical calls are taken, up to twice as many; what is not taken is settled as overflow. */
const CALLS_MAX = 10_000;
const HOUSEKEEPING_MS = 10_000;

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #ledger: Ledger;
  readonly #told: ToldLog;
  readonly #underWay = new UnderWay();
  readonly #groups = new Groups();
  readonly #guard = new FloodGuard();
  readonly #postboxes = new Map<string, Postbox>();
  #config: NotifyConfig | undefined;
  #inbox: Arrival[] = [];
  #at = Number.NaN;
  /** Grows with the wall clock and stays where that steps back. */
  #clock = 0;
  #keptAt = Number.NEGATIVE_INFINITY;
  #lastLoss: string | undefined;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#ledger = new Ledger(options);
    this.#told = new ToldLog(options.toldStore, options.told);
  }

  /** Calls that wait or are being sent, and notices that are not routed yet. */
  get waiting(): number {
    return this.#underWay.size + this.#inbox.length;
  }

  /** Routed with the next tick. A notice that is taken already is not taken twice. */
  take(notice: Notice, id: number): void {
    if (this.#ledger.isOpen(id)) return;
    this.#ledger.hold(id);
    if (phaseOf(notice) !== 'calling') this.#told.quiet(notice);
    const room = isCriticalCall(notice) ? 2 * CALLS_MAX : CALLS_MAX;
    if (this.waiting < room) this.#inbox.push({ notice, id, isRepeat: false });
    else this.#settleLoss(unaddressed(notice, 'overflow', `${this.waiting} notifications wait already`), id);
  }

  /** @param now ms since the epoch; may step back */
  tick(now: number): void {
    if (now > this.#at) this.#clock += now - this.#at;
    this.#at = now;
    const config = this.#config;
    if (config === undefined) return;
    this.#keepHouse(now);
    const context = this.#contextOf(config);
    for (const arrival of this.#inbox.splice(0)) this.#route(arrival, context);
    const news = newsOf(this.#groups.due(this.#clock), context);
    for (const call of news.flatMap(callsOf)) this.#underWay.post(call);
    for (const draft of this.#guard.pass(news, config.perMinuteMax, this.#clock))
      this.#postboxOf(draft.address).add(draft, this.#clock);
    for (const postbox of this.#postboxes.values()) postbox.tick(this.#clock);
  }

  /** What waits for addresses that are no more is routed anew. */
  reconfigure(config: NotifyConfig): void {
    this.#config = config;
    this.#lastLoss = undefined;
    const isGone = (address: string) => !config.addresses.has(address);
    const gone = [...this.#postboxes].filter(([address]) => isGone(address));
    const posted = gone.flatMap(([, postbox]) => postbox.withdraw());
    for (const [address, postbox] of gone) if (postbox.waiting === 0) this.#postboxes.delete(address);
    for (const call of [...posted, ...this.#guard.withdraw(isGone), ...this.#groups.withdraw(isGone)]) {
      const { notice, id, isRepeat } = call;
      this.#ledger.hold(id);
      this.#inbox.push({ notice, id, isRepeat });
      this.#settle(call, 'rerouted', `there is no ${call.address} any more`);
    }
  }

  /** What keeps people from being told, in one sentence; undefined where nothing does. */
  problem(): string | undefined {
    if (this.#config === undefined) return `the files of notifications have errors; ${this.#inbox.length} notices wait`;
    const failing = [...this.#postboxes].filter(([, { problem, waiting }]) => problem !== undefined && waiting > 0);
    const told = failing.map(([address, { problem, waiting }]) => `${address}: ${problem} (${waiting} waiting)`);
    if (this.#lastLoss !== undefined) told.push(this.#lastLoss);
    return told.length > 0 ? told.join('; ') : undefined;
  }

  /** Ends what is being sent. What is not done stays in the service's outbox. */
  close(): void {
    this.#inbox = [];
    for (const postbox of this.#postboxes.values()) postbox.close();
  }

  #contextOf(config: NotifyConfig): StageContext {
    return {
      config,
      told: this.#told,
      underWay: this.#underWay,
      at: this.#at,
      settle: (call, outcome, reason) => this.#settle(call, outcome, reason),
    };
  }

  #route(arrival: Arrival, context: StageContext): void {
    const { notice, id } = arrival;
    const calls = callsFor(arrival, context);
    for (const call of calls) {
      this.#ledger.hold(id);
      if (!passesCallStages(call, { ...context, settle: (each, ...why) => this.#settleUnclaimed(each, ...why) }))
        continue;
      this.#underWay.add(call);
      this.#groups.add(call, this.#clock);
    }
    if (calls.length > 0 || arrival.isRepeat) this.#ledger.release(id);
    else if (isCall(notice)) this.#ledger.settle(unaddressed(notice, 'nobody', 'no route takes it'), id);
    else this.#ledger.settle(unaddressed(notice, 'untold', 'nobody was called for it'), id);
  }

  #postboxOf(address: string): Postbox {
    const known = this.#postboxes.get(address);
    if (known !== undefined) return known;
    const postbox = new Postbox({
      send: (draft, signal) => this.#send(draft, signal),
      onSent: (draft) => this.#tell(draft),
      onRefused: (draft, reason) => {
        for (const call of callsOf(draft)) this.#settle(call, 'refused', reason);
      },
      onTry: (problem) => this.#options.onTry({ address, problem }),
    });
    this.#postboxes.set(address, postbox);
    return postbox;
  }

  /** async: what a channel throws while it writes is the letter's failure too. */
  async #send(draft: Draft, signal: AbortSignal): Promise<void> {
    const config = this.#config;
    const settings = config?.addresses.get(draft.address);
    if (config === undefined || settings === undefined) throw new Error(`there is no ${draft.address} any more`);
    await this.#options.send(writeLetter(draft, this.#at, config.timeZone), { settings, config, signal });
  }

  #tell(draft: Draft): void {
    this.#lastLoss = undefined;
    for (const { call, earlier } of draft.entries) {
      const { address, notice, terms } = call;
      const before = this.#told.get(address, notice.alarmId);
      if (before === undefined || before.notice.seq <= notice.seq)
        this.#told.record({ address, notice, terms, at: this.#at });
      for (const each of [...earlier, call]) this.#settle(each, 'delivered', '');
    }
  }

  #settle(call: Call, outcome: Settlement['outcome'], reason: string): void {
    this.#underWay.remove(call);
    this.#settleUnclaimed(call, outcome, reason);
  }

  #settleUnclaimed({ notice, address, id }: Call, outcome: Settlement['outcome'], reason: string): void {
    const settlement = { notice, address, outcome, reason };
    if (isLoss(outcome)) this.#settleLoss(settlement, id);
    else this.#ledger.settle(settlement, id);
  }

  #settleLoss(settlement: Settlement, id: number | undefined): void {
    this.#lastLoss = `not told ${settlement.address ?? 'anybody'}: ${settlement.reason}`;
    this.#ledger.settle(settlement, id);
  }

  #keepHouse(now: number): void {
    if (this.#clock - this.#keptAt < HOUSEKEEPING_MS) return;
    this.#keptAt = this.#clock;
    this.#told.prune(now);
    for (const { notice } of this.#told.dueAt(now)) this.#inbox.push({ notice, id: undefined, isRepeat: true });
  }
}
