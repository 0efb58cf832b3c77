// What a service says of itself on `service/v1/{service}/{id}`, retained, with a last will that says `down`: that it lives, and
// what is wrong with it that needs a person. Rules makes an alarm of each problem.

import { PRIORITIES, type Priority } from './alarm.ts';
import { isName } from './name.ts';
import { isPlainObject } from './plain-object.ts';
import { SHARD_COUNT } from './shard.ts';
import type { DeviceName } from './topic.ts';

export const SERVICES = ['broker', 'ingest', 'rules', 'writer', 'historian', 'console', 'watchdog'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Services of which several may run and share the shards out by rank. */
export type RankedService = 'writer' | 'rules';

/** The name of the device that a service plays, or one of several of it. */
export function replicaId(service: ServiceName, replica: string | undefined): string {
  return replica === undefined ? service : `${service}-${replica}`;
}

/** What one of several goes by; undefined: the first goes by the service's name, and so has the queue that it has when alone. */
export function replicaOfRank(rank: number): string | undefined {
  return rank === 0 ? undefined : String(rank);
}

/** Devices of as many as there can be. */
export function replicaIds(service: RankedService): string[] {
  return Array.from({ length: SHARD_COUNT }, (_, rank) => replicaId(service, replicaOfRank(rank)));
}

/** Where the pipeline's own devices and alarms stand. */
export const PIPELINE = { site: 'penstock', area: 'pipeline' } as const;

/** Whether something is the pipeline's own, and none of the plant's. */
export function isOfPipeline({ site, area }: Pick<DeviceName, 'site' | 'area'>): boolean {
  return site === PIPELINE.site && area === PIPELINE.area;
}

/** The device that a service plays, whose metrics are its numbers. */
export function serviceDevice(id: string): DeviceName {
  return { ...PIPELINE, device: id };
}

export type ServiceStatus = {
  readonly service: string;
  readonly id: string;
  readonly status: 'up' | 'down' | 'restarting';
  /** ms since the epoch; of a `down` that a last will says, the start of what has ended: nobody saw the end. */
  readonly since: number;
  readonly version: string;
  /** In words, where there is something to say: the last exit, what is being waited for. */
  readonly detail?: string;
  /** All that is wrong now; absent where it is not known: of a service that is starting, or is not there. */
  readonly problems?: readonly Problem[];
};

/** The name of the device that whoever says this plays; one that runs alone, or first of several, says its service's for its id. */
export function deviceOfStatus({ service, id }: Pick<ServiceStatus, 'service' | 'id'>): string {
  const known = SERVICES.find((each) => each === service);
  return known === undefined || service === id ? service : replicaId(known, id);
}

/** Something that stays wrong until a person does something about it, and not an event. */
export type Problem = {
  /** Of what kind it is, the same for as long as it lasts: `disk-space`. Part of the alarm's name. */
  readonly id: string;
  /** One sentence or two: what is wrong, where, and the way out. */
  readonly text: string;
  /** `medium` where it is left out. A higher one than before calls the operator again. */
  readonly priority?: Priority;
};

/** A service that has more has another problem; what is beyond is left out by the one who says it. */
export const PROBLEMS_MAX = 32;
export const PROBLEM_TEXT_MAX = 500;
/** Without dots, which part the names that an alarm instance is made of. */
const PROBLEM_ID = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

export function isProblemId(text: string): boolean {
  return PROBLEM_ID.test(text);
}

/** The status in a payload, or a sentence that says what is wrong with it. What it says besides is left out. */
export function parseServiceStatus(json: unknown): ServiceStatus | string {
  if (!isPlainObject(json)) return 'a status is a JSON object';
  const { service, id, status, since, version, detail } = json;
  if (typeof service !== 'string' || !isName(service)) return "'service' must be a name";
  if (typeof id !== 'string' || !isName(id)) return "'id' must be a name";
  if (status !== 'up' && status !== 'down' && status !== 'restarting')
    return "'status' must be one of up, down, restarting";
  if (!Number.isSafeInteger(since)) return "'since' must be a moment in ms since the epoch";
  if (typeof version !== 'string') return "'version' must be a text";
  if (detail !== undefined && typeof detail !== 'string') return "'detail' must be a text";
  const problems = parseProblems(json.problems);
  if (typeof problems === 'string') return problems;
  return {
    ...{ service, id, status, since: since as number, version },
    ...(detail === undefined ? {} : { detail }),
    ...(problems === undefined ? {} : { problems }),
  };
}

function parseProblems(json: unknown): Problem[] | string | undefined {
  if (json === undefined) return undefined;
  if (!Array.isArray(json) || json.length > PROBLEMS_MAX)
    return `'problems' must be a list of at most ${PROBLEMS_MAX} problems`;
  const problems = new Map<string, Problem>();
  for (const each of json) {
    const problem = parseProblem(each);
    if (typeof problem === 'string') return problem;
    if (problems.has(problem.id)) return `the problem '${problem.id}' is there twice`;
    problems.set(problem.id, problem);
  }
  return [...problems.values()];
}

function parseProblem(json: unknown): Problem | string {
  if (!isPlainObject(json)) return 'a problem is a JSON object';
  const { id, text, priority } = json;
  if (typeof id !== 'string' || !isProblemId(id))
    return "a problem's 'id' must be 1 to 32 small letters, digits and inner hyphens";
  if (typeof text !== 'string' || text.trim() === '' || text.length > PROBLEM_TEXT_MAX)
    return `the problem '${id}' must say in 1 to ${PROBLEM_TEXT_MAX} characters what is wrong`;
  const known = PRIORITIES.find((each) => each === priority);
  if (priority !== undefined && known === undefined)
    return `the priority of the problem '${id}' must be one of ${PRIORITIES.join(', ')}`;
  return { id, text: plainText(text), ...(known === undefined ? {} : { priority: known }) };
}

/** A text as every reader may show it: on one line, without what would steer a terminal, and within its bound. */
export function plainText(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, PROBLEM_TEXT_MAX)
    .toWellFormed();
}
