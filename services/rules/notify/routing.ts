// To whom a notice goes: a call to those whom the rule or the routes name and who are on duty, news to those who were called.
// Three filters over the list of routes, each of which says one thing.

import type { Notice } from '#rules/engine/inputs.ts';
import type { Call, Terms } from './call.ts';
import { isCall } from './notice-phase.ts';
import type { NotifyConfig, Route } from './notify-files.ts';
import { defaultRoute } from './notify-schema.ts';
import type { ToldLog } from './told-log.ts';
import type { UnderWay } from './under-way.ts';

/** A notice that came in, or is told again. */
export type Arrival = Pick<Call, 'notice' | 'id' | 'isRepeat'>;

type RouteStage = (routes: readonly Route[], arrival: Pick<Arrival, 'notice'>, at: number) => readonly Route[];

const matching: RouteStage = (routes, { notice }) => routes.filter(({ match }) => isMatch(match, notice));

const onDuty: RouteStage = (routes, _, at) => routes.filter((route) => route.isOnDuty(at));

/** Up to the first that does not pass it on. */
const taken: RouteStage = (routes) => {
  const last = routes.findIndex((route) => !route.continue);
  return last === -1 ? routes : routes.slice(0, last + 1);
};

const ROUTE_STAGES: readonly RouteStage[] = [matching, onDuty, taken];

export type Surroundings = {
  readonly config: NotifyConfig;
  readonly told: ToldLog;
  readonly underWay: UnderWay;
  /** ms since the epoch. */
  readonly at: number;
};

/** One call for every address. Empty where nobody is to hear of it. */
export function callsFor(arrival: Arrival, { config, told, underWay, at }: Surroundings): Call[] {
  const { notice } = arrival;
  const to = (route: Terms, addresses: readonly string[]) => {
    const terms = plainTerms(route);
    return addresses.map((address) => ({ ...arrival, address, terms }));
  };
  const named = notice.to === undefined ? undefined : config.receivers.get(notice.to);
  if (named !== undefined && notice.to !== undefined) return to({ ...defaultRoute(notice.to), id: 'rule' }, named);
  if (isCall(notice) || arrival.isRepeat) {
    const routes = ROUTE_STAGES.reduce((left, stage) => stage(left, arrival, at), config.routes);
    const calls = routes.flatMap((route) => to(route, config.receivers.get(route.receiver) ?? []));
    return onePerAddress(calls);
  }
  const heard = [...underWay.ofAlarm(notice.alarmId), ...told.ofAlarm(notice.alarmId)];
  return onePerAddress(heard.map(({ address, terms }) => ({ ...arrival, address, terms })));
}

/** They are kept with what was told, so nothing but data is in them. */
function plainTerms({ id, groupBy, groupWait, groupInterval, repeatInterval, followUps }: Terms): Terms {
  return { id, groupBy, groupWait, groupInterval, repeatInterval, followUps };
}

function onePerAddress(calls: readonly Call[]): Call[] {
  return [...new Map(calls.toReversed().map((call) => [call.address, call])).values()].toReversed();
}

function isMatch({ site, area, rule, priority, labels = {} }: Route['match'], notice: Notice): boolean {
  const holds = (wanted: readonly string[] | undefined, value: string | undefined) =>
    wanted === undefined || (value !== undefined && wanted.includes(value));
  return (
    holds(site, notice.site) &&
    holds(area, notice.area) &&
    holds(rule, notice.rule) &&
    holds(priority, notice.priority) &&
    Object.entries(labels).every(([name, wanted]) => holds(wanted, labelOf(notice, name)))
  );
}

/** Not what every object inherits. */
export function labelOf({ labels }: Notice, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}
