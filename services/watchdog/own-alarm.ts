// The one alarm that the watchdog keeps by itself, since rules may be what is missing: the states and words of every other
// alarm (domain/alarm.ts), without delays, levels, shelving or latch. Pure; its state is plain data and survives a restart.

import { type AlarmMessage, type AlarmOperation, alarmState, isAnnunciated, type Role } from '#domain/alarm.ts';
import { BEAT_METRIC, WATCHDOG_DEVICE, WATCHDOG_RULE } from '#domain/heartbeat.ts';
import type { JournalEntry, JournalEvent } from '#domain/journal.ts';
import type { AlarmName } from '#domain/topic.ts';

export const OWN_ALARM: AlarmName = {
  site: WATCHDOG_DEVICE.site,
  area: WATCHDOG_DEVICE.area,
  rule: WATCHDOG_RULE,
  instance: 'end-to-end',
};

const NAME = 'The pipeline does not answer';
/** There is no rule file to take a hash of; raised when the meaning of this alarm changes. */
const REV = 'built-in:1';
const PRIORITY = 'critical';

const RATIONALISATION = {
  cause: 'The broker, ingest or rules has stopped, hangs, cannot keep up, or has no disk left to write on.',
  consequence: 'Shown values may be old, and no new alarm is raised.',
  response: 'Watch the plant on site. Then look at the services on the console page, or run `penstock doctor`.',
  timeToRespond: '5m',
};

/** The last beat that was answered in time, as it stood when the alarm was raised. */
export type LastAnswer = { readonly ageMs: number } | null;

/** An episode that is not over. */
type Story = {
  readonly active: boolean;
  readonly unacked: boolean;
  readonly activeSince: number;
  readonly clearedAt: number | null;
  readonly changedAt: number;
  readonly ackedBy: string | null;
  readonly ackComment: string | null;
  readonly reason: string;
  readonly lastAnswer: LastAnswer;
};

/** Plain data. `episode` and `seq` count on for ever: they are what a receiver tells an echo by. */
export type OwnAlarmState = { readonly episode: number; readonly seq: number; readonly story: Story | null };

export const NORMAL: OwnAlarmState = { episode: 0, seq: 0, story: null };

type Detail = Partial<Pick<JournalEntry, 'actor' | 'comment'>>;

export class OwnAlarm {
  #state: OwnAlarmState;

  constructor(state: OwnAlarmState) {
    this.#state = state;
  }

  get state(): OwnAlarmState {
    return this.#state;
  }

  get isActive(): boolean {
    return this.#state.story?.active === true;
  }

  get reason(): string {
    return this.#state.story?.reason ?? '';
  }

  raise(reason: string, lastAnswer: LastAnswer, at: number): JournalEntry[] {
    if (this.isActive) return [];
    const fresh = { active: true, unacked: true, activeSince: at, clearedAt: null, changedAt: at } as const;
    this.#state = {
      episode: this.#state.episode + 1,
      seq: this.#state.seq,
      story: { ...fresh, ackedBy: null, ackComment: null, reason, lastAnswer },
    };
    return [this.#entry('ACTIVE', at)];
  }

  /** Another part is missing than was said at first. @returns whether there is anything new to show */
  explain(reason: string): boolean {
    const { story, seq } = this.#state;
    if (story === null || !story.active || story.reason === reason) return false;
    this.#state = { ...this.#state, seq: seq + 1, story: { ...story, reason } };
    return true;
  }

  clear(at: number): JournalEntry[] {
    const { story } = this.#state;
    if (story === null || !story.active) return [];
    const clearedAt = this.#momentOf(at);
    this.#change({ ...story, active: false, clearedAt, changedAt: clearedAt });
    return [this.#entry('RETURNED', clearedAt)];
  }

  /** @param role of who does it; undefined where nobody vouches for them */
  operate({ op, episode, by, comment }: AlarmOperation, role: Role | undefined, at: number): JournalEntry[] {
    const { story } = this.#state;
    const moment = this.#momentOf(at);
    const refuse = (why: string) => [this.#entry('REFUSED', moment, { actor: by, comment: `${op}: ${why}` })];
    if (role === undefined) return refuse('the operation bears no signature that this watchdog can check');
    if (role === 'viewer') return refuse("the role 'viewer' may not do this; it needs operator");
    if (op !== 'ack') return refuse('the alarm of the watchdog can only be acknowledged');
    if (episode !== this.#state.episode)
      return refuse(`episode ${episode} is over; the alarm is in episode ${this.#state.episode}`);
    if (story === null || !story.unacked) {
      // A message may come twice.
      if (story?.ackedBy === by && story.ackComment === (comment ?? null)) return [];
      return refuse('there is nothing to acknowledge');
    }
    this.#change({ ...story, unacked: false, changedAt: moment, ackedBy: by, ackComment: comment ?? null });
    return [this.#entry('ACKED', moment, { actor: by, ...(comment === undefined ? {} : { comment }) })];
  }

  /** The message to retain; null where nothing is left to show. */
  message(): AlarmMessage | null {
    const { story, episode, seq } = this.#state;
    if (story === null) return null;
    const { active, activeSince, clearedAt, changedAt, ackedBy, ackComment, reason } = story;
    return {
      ...OWN_ALARM,
      alarmId: this.#alarmId(),
      seq,
      rev: REV,
      name: NAME,
      state: alarmState({ ...story, latched: false, pending: false }),
      overlay: null,
      shelvedUntil: null,
      shelvingMsMax: 0,
      priority: PRIORITY,
      firstOut: false,
      episode,
      quality: active ? 'STALE' : 'GOOD',
      activeSince,
      clearedAt,
      changedAt,
      ackedBy,
      ackComment,
      inputs: this.#inputs(),
      summary: active ? `${NAME}: ${reason}` : `${NAME} (it does again): ${reason}`,
      reason,
      rationalisation: RATIONALISATION,
      labels: {},
      commands: [],
      shadow: false,
    };
  }

  #change(story: Story): void {
    const isShown = isAnnunciated(alarmState({ ...story, latched: false, pending: false }));
    this.#state = { ...this.#state, story: isShown ? story : null };
  }

  /** Within an episode time does not run backwards, whatever is done to the clock. */
  #momentOf(at: number): number {
    return Math.max(at, this.#state.story?.changedAt ?? at);
  }

  #alarmId(): string {
    const { site, area, rule, instance } = OWN_ALARM;
    return `${rule}/${site}/${area}/${instance}/${this.#state.episode}`;
  }

  #inputs(): AlarmMessage['inputs'] {
    const { story } = this.#state;
    const last = story?.lastAnswer ?? null;
    const quality = last === null ? 'NEVER' : story?.active === true ? 'STALE' : 'GOOD';
    const ageMs = last?.ageMs ?? null;
    // How long ago it was, and not which beat it was: the number of a beat says nothing to a person.
    const value = ageMs === null ? null : Math.round(ageMs / 1_000);
    return { 'last answer': { metric: BEAT_METRIC, value, quality, ageMs, unit: 's' } };
  }

  /** Takes the next sequence number. */
  #entry(event: JournalEvent, at: number, detail: Detail = {}): JournalEntry {
    this.#state = { ...this.#state, seq: this.#state.seq + 1 };
    const { story, episode, seq } = this.#state;
    return {
      ...OWN_ALARM,
      alarmId: this.#alarmId(),
      seq,
      rev: REV,
      episode,
      event,
      state: story === null ? 'NORM' : alarmState({ ...story, latched: false, pending: false }),
      overlay: null,
      priority: PRIORITY,
      sampleTime: at,
      journalTime: at,
      inputs: this.#inputs(),
      summary: story === null ? NAME : `${NAME}: ${story.reason}`,
      ...(story === null ? {} : { sinceActiveMs: Math.max(0, at - story.activeSince) }),
      historical: false,
      shadow: false,
      ...detail,
    };
  }
}
