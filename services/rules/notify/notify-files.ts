// rules/notify: receivers.json, routes.json and calendars.json, read together into one configuration. Any error refuses all
// three, so that half a configuration never decides who is called; every error is told with its place. No folder means
// that nobody is to be told anything.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { didYouMean, type FileProblem, type JsonFile, readJsonFiles } from '#runtime/json-file.ts';
import { type OutboundPolicy, outboundProblem } from '#runtime/outbound-http.ts';
import type { SecretReader } from '../channels/channel.ts';
import type { ChannelSettings } from '../channels/channels.ts';
import type { SmtpSettings } from '../channels/email.ts';
import { calendarsSchema, type RouteSpec, receiversSchema, routesSchema } from './notify-schema.ts';
import { compileShift, type Shift } from './shift.ts';

export type Route = RouteSpec & {
  /** Where it stands; part of the identity of its groups. */
  readonly id: string;
  readonly isOnDuty: Shift;
};

export type NotifyConfig = {
  readonly policy: OutboundPolicy;
  readonly smtp: SmtpSettings | undefined;
  readonly timeZone: string;
  readonly perMinuteMax: number;
  /** Channels by address: `<receiver>/<type>`, and `<receiver>/<type>-2` for the second of a type. */
  readonly addresses: ReadonlyMap<string, ChannelSettings>;
  /** The addresses of a receiver, by its name. */
  readonly receivers: ReadonlyMap<string, readonly string[]>;
  readonly routes: readonly Route[];
};

export type NotifyFiles = {
  /** undefined where there are problems: keep what you have. */
  readonly config: NotifyConfig | undefined;
  readonly problems: readonly FileProblem[];
};

/** Far above any key or token, far below what would hurt. */
const SECRET_LENGTH_MAX = 65_536;

export function readNotifyFiles(folder: string): NotifyFiles {
  const only = <T>(name: string, schema: z.ZodType<T>) => readJsonFiles(folder, (each) => each === name, schema);
  const receivers = only('receivers.json', receiversSchema(secretsIn(folder)));
  const routes = only('routes.json', routesSchema);
  const calendars = only('calendars.json', calendarsSchema);
  const problems = [...receivers.problems, ...routes.problems, ...calendars.problems];
  const files: Files = { receivers: receivers.files[0], routes: routes.files[0], calendars: calendars.files[0] };
  // What is missing in a file that could not be read is not the other file's fault.
  if (problems.length === 0) problems.push(...receiverProblems(files), ...routeProblems(files));
  return { config: problems.length === 0 ? compile(files) : undefined, problems };
}

type Receivers = z.output<ReturnType<typeof receiversSchema>>;
type Calendars = z.output<typeof calendarsSchema>;
type Files = {
  readonly receivers: JsonFile<Receivers> | undefined;
  readonly routes: JsonFile<z.output<typeof routesSchema>> | undefined;
  readonly calendars: JsonFile<Calendars> | undefined;
};

function secretsIn(folder: string): SecretReader {
  return (file) => {
    const place = path.resolve(folder, file);
    try {
      const value = readFileSync(place, 'utf8').trim();
      if (value === '') return { problem: `${place} is empty` };
      if (value.length > SECRET_LENGTH_MAX) return { problem: `${place} is too long for a secret` };
      return { value };
    } catch (error) {
      return { problem: `${place} cannot be read (${(error as NodeJS.ErrnoException).code})` };
    }
  };
}

function receiverProblems({ receivers }: Files): FileProblem[] {
  if (receivers === undefined) return [];
  const { file, value, at } = receivers;
  const policy = policyOf(value);
  return Object.entries(value.receivers).flatMap(([name, channels]) =>
    channels.flatMap((channel, i) => {
      const message = channelProblem(channel, policy, value.smtp);
      return message === undefined ? [] : [{ file, ...at(['receivers', name, i]), message }];
    }),
  );
}

function channelProblem(channel: ChannelSettings, policy: OutboundPolicy, smtp: unknown): string | undefined {
  if ('url' in channel) return outboundProblem(channel.url, policy);
  return smtp === undefined ? 'an email needs a mail server; describe it as smtp in this file' : undefined;
}

function routeProblems({ receivers, routes, calendars }: Files): FileProblem[] {
  if (routes === undefined) return [];
  const { file, value, at } = routes;
  const names = Object.keys(receivers?.value.receivers ?? {});
  const shifts = Object.keys(calendars?.value.shifts ?? {});
  const unknown = (what: string, name: string, known: readonly string[]) =>
    known.includes(name) ? undefined : `there is no ${what} '${name}'${didYouMean(name, known)}`;
  const catchAll = value.routes.findIndex(isCatchAll);
  return value.routes.flatMap((route, i) => {
    const found: [key: string, message: string | undefined][] = [
      ['receiver', unknown('receiver', route.receiver, names)],
      ['during', route.during === undefined ? undefined : unknown('shift', route.during, shifts)],
      ['outside', route.outside === undefined ? undefined : unknown('shift', route.outside, shifts)],
      ['', catchAll !== -1 && i > catchAll ? `is never reached: route ${catchAll + 1} takes everything` : undefined],
    ];
    return found.flatMap(([key, message]) =>
      message === undefined ? [] : [{ file, ...at(['routes', i, ...(key === '' ? [] : [key])]), message }],
    );
  });
}

function isCatchAll({ match, during, outside, continue: goesOn }: RouteSpec): boolean {
  const { labels = {}, ...rest } = match;
  const asks = Object.values(rest).some((each) => each !== undefined) || Object.keys(labels).length > 0;
  return !asks && !goesOn && during === undefined && outside === undefined;
}

function compile({ receivers, routes, calendars }: Files): NotifyConfig {
  const value = receivers?.value;
  const addresses = new Map<string, ChannelSettings>();
  const byReceiver = new Map<string, string[]>();
  for (const [name, channels] of Object.entries(value?.receivers ?? {})) {
    const own = channels.map((channel, i) => {
      const nth = channels.slice(0, i + 1).filter(({ type }) => type === channel.type).length;
      const address = `${name}/${channel.type}${nth === 1 ? '' : `-${nth}`}`;
      addresses.set(address, channel);
      return address;
    });
    byReceiver.set(name, own);
  }
  return {
    policy: policyOf(value),
    smtp: value?.smtp,
    timeZone: value?.timeZone ?? 'UTC',
    perMinuteMax: value?.perMinuteMax ?? 1,
    addresses,
    receivers: byReceiver,
    routes: compileRoutes(routes?.value.routes ?? [], calendars?.value),
  };
}

function compileRoutes(routes: readonly RouteSpec[], calendars: Calendars | undefined): Route[] {
  const shifts = new Map(
    Object.entries(calendars?.shifts ?? {}).map(([name, { timeZone, starts, lasts, except }]) => [
      name,
      compileShift({ timeZone, starts, lastsMs: lasts, except }),
    ]),
  );
  const always: Shift = () => true;
  return routes.map((route, i) => {
    const during = (route.during === undefined ? undefined : shifts.get(route.during)) ?? always;
    const outside = route.outside === undefined ? undefined : shifts.get(route.outside);
    return { ...route, id: String(i), isOnDuty: (at) => during(at) && outside?.(at) !== true };
  });
}

function policyOf(value: Receivers | undefined): OutboundPolicy {
  return {
    allowedHosts: value?.allowedHosts ?? [],
    allowPrivate: value?.allowPrivate ?? false,
    allowHttp: value?.allowHttp ?? false,
    ca: value?.caFile,
  };
}
