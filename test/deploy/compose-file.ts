// deploy/compose.yaml as docker compose reads it with a given .env: files laid over each other, variables put in, and the
// services of the chosen profiles. Of both only what ours use is understood; anything else is an error.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../support/processes.ts';

export const DEPLOY = path.join(ROOT, 'deploy');

export type ComposeService = {
  readonly image: string;
  readonly build?: object;
  readonly profiles?: readonly string[];
  readonly user: string;
  readonly group_add?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly disable?: boolean; readonly test?: readonly string[] };
  readonly restart: string;
  readonly read_only: boolean;
  readonly init: boolean;
  readonly tmpfs: readonly string[];
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly pids_limit: number;
  readonly mem_limit: string;
  readonly stop_grace_period: string;
  readonly logging: { readonly options: Readonly<Record<string, string>> };
};

export type Compose = {
  readonly services: Readonly<Record<string, ComposeService>>;
  /** Also of other profiles. */
  readonly all: Readonly<Record<string, ComposeService>>;
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
};

type File = {
  readonly services: Record<string, ComposeService>;
  readonly volumes?: object;
  readonly networks?: object;
};

/** @param env text of a .env */
export function readCompose(env = ''): Compose {
  const variables = new Map(
    env
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
      .map((line) => line.split(/=(.*)/s, 2) as [string, string]),
  );
  const files = (variables.get('COMPOSE_FILE') ?? 'compose.yaml').split(':').map((name) => readOne(name, variables));
  const profiles = (variables.get('COMPOSE_PROFILES') ?? '').split(',');
  const [base, ...others] = files;
  const all: Record<string, ComposeService> = { ...base?.services };
  for (const { services } of others)
    for (const [name, service] of Object.entries(services))
      all[name] = { ...(all[name] as ComposeService), ...service };
  for (const [name, service] of Object.entries(all)) all[name] = withPassedOn(service, variables);
  const isChosen = ({ profiles: own }: ComposeService) =>
    own === undefined || own.some((each) => profiles.includes(each));
  return {
    all,
    services: Object.fromEntries(Object.entries(all).filter(([, service]) => isChosen(service))),
    volumes: Object.keys(base?.volumes ?? {}),
    networks: Object.keys(base?.networks ?? {}),
  };
}

function readOne(name: string, variables: ReadonlyMap<string, string>): File {
  const file: unknown = parse(readFileSync(path.join(DEPLOY, name), 'utf8'), { merge: true });
  return interpolated(file, variables) as File;
}

function interpolated(value: unknown, variables: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((each) => interpolated(each, variables));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, interpolated(each, variables)]));
  return typeof value === 'string' ? interpolate(value, variables) : value;
}

function interpolate(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(\$|\{(\w+):-([^}]*)\}|.?)/g, (whole, form: string, name?: string, other?: string) => {
    if (form === '$') return '$';
    if (name === undefined) throw new Error(`compose.yaml: the tests do not know ${whole} in ${text}`);
    return variables.get(name) || (other ?? '');
  });
}

/** A setting without a value is taken from the .env, and is not there where that has none. */
function withPassedOn(service: ComposeService, variables: ReadonlyMap<string, string>): ComposeService {
  const { environment } = service;
  if (environment === undefined) return service;
  const given = Object.entries(environment).map(
    ([name, value]) => [name, value ?? variables.get(name) ?? null] as const,
  );
  return { ...service, environment: Object.fromEntries(given) };
}

export type Mount = {
  /** Name of a volume, or a path of the machine. */
  readonly source: string;
  readonly isVolume: boolean;
  readonly target: string;
  readonly isReadOnly: boolean;
};

export function mountsOf({ volumes = [] }: ComposeService): Mount[] {
  return volumes.map((text) => {
    const [source = '', target = '', mode] = text.split(':');
    const isVolume = !source.startsWith('.') && !source.startsWith('/');
    return { source: isVolume ? source : path.resolve(DEPLOY, source), isVolume, target, isReadOnly: mode === 'ro' };
  });
}

/** Names and values that a container gets. */
export function environmentOf({ environment = {} }: ComposeService): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

export function isOurs({ image }: ComposeService): boolean {
  return image.startsWith('penstock:');
}
