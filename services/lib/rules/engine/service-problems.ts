// What services say is wrong with them, as alarms that come and go with it: one instance for each problem. A service that is
// away is no healthier for that: its alarms stand as they are, say so, and go on when it is back, in the same episode. They
// end when it says that it is well, or when its retained status is taken away because there is no such service any more.

import { createHash } from 'node:crypto';
import type { Priority } from '#domain/alarm.ts';
import type { Problem } from '#domain/service.ts';
import { joinGroup } from './group-name.ts';
import type { EngineInput } from './inputs.ts';
import type { Instance } from './instance.ts';
import type { LoadedRule } from './loaded-rule.ts';
import type { PipelineAlarm } from './pipeline-alarms.ts';

const RULE: PipelineAlarm = 'service-problem';
/** Seven kinds of service, a few replicas and problems of each. Whoever invents more costs no more memory than this. */
const INSTANCES_MAX = 1_000;
const AWAY = ' (as last said: the service is not there)';

type ServiceInput = Extract<EngineInput, { kind: 'service' }>;

export type ServiceProblemsParts = {
  readonly loaded: ReadonlyMap<string, LoadedRule>;
  readonly raise: (raised: {
    readonly instance: string;
    readonly isRaised: boolean;
    readonly because: string;
    readonly priority: Priority;
  }) => void;
  /** Forgets an alarm that has nothing to show. */
  readonly retire: (instance: Instance) => void;
};

export class ServiceProblems {
  /** Problems that found no room. */
  refused = 0;
  readonly #parts: ServiceProblemsParts;

  constructor(parts: ServiceProblemsParts) {
    this.#parts = parts;
  }

  take({ service, id, status, problems }: ServiceInput): void {
    const owner = ownerOf(service, id);
    if (status === 'gone') this.#endAllBut(owner, new Set());
    else if (status !== 'up') this.#sayAway(owner);
    else if (problems !== undefined) this.#hold(owner, problems);
  }

  #hold(owner: string, problems: readonly Problem[]): void {
    const byName = new Map(problems.map((problem) => [`${owner}${problem.id}`, problem]));
    this.#endAllBut(owner, new Set(byName.keys()));
    for (const [instance, { text, priority = 'medium' }] of byName) {
      if (this.#hasRoomFor(instance)) this.#parts.raise({ instance, isRaised: true, because: text, priority });
      else this.refused++;
    }
  }

  #endAllBut(owner: string, names: ReadonlySet<string>): void {
    for (const { name } of this.#raisedOf(owner))
      if (!names.has(name)) this.#parts.raise({ instance: name, isRaised: false, because: '', priority: 'medium' });
  }

  #sayAway(owner: string): void {
    for (const { name, state } of this.#raisedOf(owner)) {
      const { raisedBecause, raisedAs } = state;
      if (raisedBecause === null || raisedBecause.endsWith(AWAY)) continue;
      const because = `${raisedBecause}${AWAY}`;
      this.#parts.raise({ instance: name, isRaised: true, because, priority: raisedAs ?? 'medium' });
    }
  }

  #raisedOf(owner: string): Instance[] {
    return [...this.#instances].filter(
      ({ name, state }) => state.raisedBecause !== null && name.startsWith(owner) && !name.includes('.', owner.length),
    );
  }

  get #instances(): ReadonlySet<Instance> {
    return this.#parts.loaded.get(RULE)?.instances ?? new Set();
  }

  /** Those that have nothing to show make room; an alarm that somebody should see makes none. */
  #hasRoomFor(name: string): boolean {
    const instances = this.#instances;
    if (instances.size < INSTANCES_MAX || [...instances].some((each) => each.name === name)) return true;
    const idle = [...instances].filter(
      ({ state, shown }) => state.raisedBecause === null && !state.active && shown === null,
    );
    for (const instance of idle) this.#parts.retire(instance);
    return idle.length > 0;
  }
}

/** What the names of a service's problems begin with. A problem's id has no dot; a dot in the service's own id is doubled. */
function ownerOf(service: string, id: string): string {
  const values = service === id ? [service] : [service, id];
  // The longest id of a problem has 32 characters, and a name 64.
  const name = joinGroup([...values, 'x'.repeat(32)]);
  if (name !== undefined) return name.slice(0, -32);
  return `${service}.${createHash('sha256').update(id).digest('hex').slice(0, 12)}.`;
}
