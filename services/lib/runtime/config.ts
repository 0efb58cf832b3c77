// Settings, 12-factor: flags over environment over penstock.json over defaults. Everything wrong is reported at once with
// its place; unknown keys are refused with a suggestion. Each service describes its own section (its config.ts) and reads
// only the sections it names; what belongs to another service's section is left for that service to judge. A section that
// is described loosely (z.looseObject) is another's of which a few keys are read: the rest of it is left to its owner too.

import { readFileSync } from 'node:fs';
import type { Node } from 'jsonc-parser';
import { z } from 'zod';
import { formatDuration, parseDuration } from '#domain/duration.ts';
import { SERVICES } from '#domain/service.ts';
import { nearestWord, parseJsonTree, placeOf, plainValue } from './json-file.ts';

/** Every section a settings file may hold; `root` are the keys outside any section. */
export const SECTION_NAMES = ['root', 'broker', 'store', ...SERVICES.filter((name) => name !== 'broker')] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

export type Sections = { readonly [name in SectionName]?: z.ZodObject };
export type Config<S extends Sections> = { readonly [K in keyof S]: S[K] extends z.ZodType ? z.infer<S[K]> : never };

/** Where a setting's value came from: `default`, `flag --x`, `environment X`, or `penstock.json:3:5`. */
export type Setting = {
  readonly path: string;
  readonly value: unknown;
  readonly origin: string;
  readonly secret: boolean;
};

export type LoadedConfig<S extends Sections> =
  | { readonly ok: true; readonly config: Config<S>; readonly settings: readonly Setting[] }
  | { readonly ok: false; readonly problems: readonly string[] };

export type ConfigSources = {
  /** The words after the program's name. */
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Path of the settings file; a missing one is no error unless `--config` named it. */
  readonly file: string;
};

/** A duration such as `20s` in settings; milliseconds in the program. */
export const durationSetting = z.string().transform((text, ctx) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  ctx.addIssue({ code: 'custom', message: `must be a duration such as 500ms, 20s, 5m or 8h, not '${text}'` });
  return z.NEVER;
});

export const portSetting = z.int().min(0).max(65_535);

/** Marks a setting that `config show` must not print, and that `<NAME>_FILE` can name a file for. */
export function secretSetting() {
  return z.string().min(1).meta({ secret: true });
}

function isSecret(schema: z.ZodType): boolean {
  let at: unknown = schema;
  while (at instanceof z.ZodType) {
    if (at.meta()?.secret === true) return true;
    at = (at.def as { innerType?: unknown }).innerType;
  }
  return false;
}

/** `maxBatchBytes` to `MAX_BATCH_BYTES` or `max-batch-bytes`. */
function words(key: string, join: '_' | '-'): string {
  const text = key.replace(/[A-Z]/g, (c) => join + c);
  return join === '_' ? text.toUpperCase() : text.toLowerCase();
}

/** The environment name of a setting: `PENSTOCK_BROKER_PORT`, or `PENSTOCK_DATA` for a root key. */
export function environmentName(section: SectionName, key: string): string {
  return section === 'root' ? `PENSTOCK_${words(key, '_')}` : `PENSTOCK_${words(section, '_')}_${words(key, '_')}`;
}

/** The flag of a setting: `--broker-port`, or `--data` for a root key. */
export function flagName(section: SectionName, key: string): string {
  return section === 'root' ? `--${words(key, '-')}` : `--${section}-${words(key, '-')}`;
}

function suggestion(word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

type Raw = { readonly value: unknown; readonly origin: string; readonly isText: boolean };
type Leaf = { readonly section: SectionName; readonly key: string; readonly schema: z.ZodType };

/** The sections whose every key is described here, so that any other key in them is a mistake. */
function ownedSections(sections: Sections): Set<SectionName> {
  const names = Object.keys(sections) as SectionName[];
  return new Set(names.filter((name) => !(sections[name]?.def.catchall instanceof z.ZodUnknown)));
}

function leavesOf(sections: Sections): Leaf[] {
  return (Object.keys(sections) as SectionName[]).flatMap((section) =>
    Object.entries(sections[section]?.shape ?? {}).map(([key, schema]) => ({
      section,
      key,
      schema: schema as z.ZodType,
    })),
  );
}

const pathOf = (leaf: { section: SectionName; key: string }) =>
  leaf.section === 'root' ? leaf.key : `${leaf.section}.${leaf.key}`;

/** Reads and checks the named sections. Never throws for what a user wrote. */
export function loadConfig<S extends Sections>(sections: S, sources: ConfigSources): LoadedConfig<S> {
  const leaves = leavesOf(sections);
  const owned = ownedSections(sections);
  const problems: string[] = [];
  const flags = readFlags(sources.argv, leaves, owned, problems);
  const environment = readEnvironment(sources.env, leaves, owned, problems);
  const file = readFile(sources, leaves, sections, problems);
  const config: Record<string, Record<string, unknown>> = {};
  const settings: Setting[] = [];
  for (const leaf of leaves) {
    const path = pathOf(leaf);
    const raw = flags.get(path) ?? environment.get(path) ?? file.get(path);
    const parsed = raw === undefined ? leaf.schema.safeParse(undefined) : parseLeaf(leaf.schema, raw);
    if (!parsed.success) {
      const why = parsed.error.issues.map((issue) => issue.message).join('; ');
      problems.push(
        raw === undefined
          ? `${path} has no default and must be set: ${flagName(leaf.section, leaf.key)} or ${environmentName(leaf.section, leaf.key)} (${why})`
          : `${raw.origin}: ${path}: ${why}`,
      );
      continue;
    }
    config[leaf.section] ??= {};
    (config[leaf.section] as Record<string, unknown>)[leaf.key] = parsed.data;
    const shown = raw === undefined ? defaultText(leaf.schema, parsed.data) : raw.value;
    settings.push({ path, value: shown, origin: raw?.origin ?? 'default', secret: isSecret(leaf.schema) });
  }
  for (const name of Object.keys(sections)) config[name] ??= {};
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: config as Config<S>, settings };
}

/** Durations are shown as they are written, not as milliseconds. */
function defaultText(schema: z.ZodType, value: unknown): unknown {
  return schema instanceof z.ZodPrefault && typeof value === 'number' ? formatDuration(value) : value;
}

/** Flags and environment are text: the first reading of the text that the schema accepts is meant. */
function parseLeaf(schema: z.ZodType, raw: Raw): z.ZodSafeParseResult<unknown> {
  const asIs = schema.safeParse(raw.value);
  if (asIs.success || !raw.isText) return asIs;
  const text = String(raw.value);
  const readings: unknown[] = [];
  if (text.trim() !== '' && Number.isFinite(Number(text))) readings.push(Number(text));
  if (/^(on|true|yes|1)$/i.test(text)) readings.push(true);
  if (/^(off|false|no|0)$/i.test(text)) readings.push(false);
  readings.push(text.split(',').map((item) => item.trim()));
  for (const reading of readings) {
    const parsed = schema.safeParse(reading);
    if (parsed.success) return parsed;
  }
  return readings.length > 1 ? schema.safeParse(readings[0]) : asIs;
}

function readFlags(
  argv: readonly string[],
  leaves: readonly Leaf[],
  owned: ReadonlySet<SectionName>,
  problems: string[],
): Map<string, Raw> {
  const found = new Map<string, Raw>();
  const byFlag = new Map(leaves.map((leaf) => [flagName(leaf.section, leaf.key), leaf]));
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (!word.startsWith('--')) continue;
    const [flag = '', inline] = word.split(/=(.*)/s);
    if (flag === '--config') {
      if (inline === undefined) i++;
      continue;
    }
    const leaf = byFlag.get(flag);
    if (leaf === undefined) {
      if (!belongsElsewhere(flag.slice(2), '-', owned)) {
        problems.push(`flag ${flag}: there is no such setting${suggestion(flag, [...byFlag.keys()])}`);
      }
      continue;
    }
    // The next flag is not this one's value; a value that begins with -- is written --flag=value.
    const value = inline ?? (argv[i + 1]?.startsWith('--') ? undefined : argv[++i]);
    if (value === undefined) problems.push(`flag ${flag}: a value is missing`);
    else found.set(pathOf(leaf), { value, origin: `flag ${flag}`, isText: true });
  }
  return found;
}

/** Whether a flag or environment name lies in a section that is not this process's to judge. */
function belongsElsewhere(name: string, join: '_' | '-', owned: ReadonlySet<SectionName>): boolean {
  return SECTION_NAMES.some(
    (section) => section !== 'root' && !owned.has(section) && name.toLowerCase().startsWith(section + join),
  );
}

/** Names of ours in the environment that are no settings. */
const NOT_SETTINGS = new Set(['PENSTOCK_CONFIG', 'PENSTOCK_SUPERVISED']);

function readEnvironment(
  env: NodeJS.ProcessEnv,
  leaves: readonly Leaf[],
  owned: ReadonlySet<SectionName>,
  problems: string[],
): Map<string, Raw> {
  const found = new Map<string, Raw>();
  const known = new Map(leaves.map((leaf) => [environmentName(leaf.section, leaf.key), leaf]));
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('PENSTOCK_') || NOT_SETTINGS.has(name) || value === undefined) continue;
    const leaf = known.get(name);
    if (leaf !== undefined) {
      found.set(pathOf(leaf), { value, origin: `environment ${name}`, isText: true });
      continue;
    }
    const secret = known.get(name.replace(/_FILE$/, ''));
    if (name.endsWith('_FILE') && secret !== undefined && isSecret(secret.schema)) {
      try {
        found.set(pathOf(secret), {
          value: readFileSync(value, 'utf8').trim(),
          origin: `environment ${name}`,
          isText: true,
        });
      } catch (error) {
        problems.push(`environment ${name}: cannot read ${value}: ${(error as NodeJS.ErrnoException).code}`);
      }
    } else if (owned.has('root') && !belongsElsewhere(name.slice('PENSTOCK_'.length), '_', owned)) {
      problems.push(`environment ${name}: there is no such setting${suggestion(name, [...known.keys()])}`);
    }
  }
  return found;
}

function readFile(
  sources: ConfigSources,
  leaves: readonly Leaf[],
  sections: Sections,
  problems: string[],
): Map<string, Raw> {
  const found = new Map<string, Raw>();
  const owned = ownedSections(sections);
  let text: string;
  try {
    text = readFileSync(sources.file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' || sources.file !== DEFAULT_FILE) problems.push(`${sources.file}: cannot be read (${code})`);
    return found;
  }
  const at = (offset: number) => {
    const { line, column } = placeOf(text, offset);
    return `${sources.file}:${line}:${column}`;
  };
  const parsed = parseJsonTree(text);
  if (!parsed.ok) {
    problems.push(...parsed.errors.map(({ offset, why }) => `${at(offset)}: not valid JSON: ${why}`));
    return found;
  }
  const { tree } = parsed;
  if (tree.type !== 'object') {
    problems.push(`${at(tree.offset)}: must be an object`);
    return found;
  }
  const mine = new Map(leaves.map((leaf) => [pathOf(leaf), leaf]));
  const visit = (section: SectionName, object: Node) => {
    for (const property of object.children ?? []) {
      const [keyNode, valueNode] = property.children ?? [];
      if (keyNode === undefined || valueNode === undefined) continue;
      const key = String(keyNode.value);
      if (section === 'root' && key === '$schema') continue;
      if (section === 'root' && key !== 'root' && (SECTION_NAMES as readonly string[]).includes(key)) {
        if (valueNode.type !== 'object') problems.push(`${at(valueNode.offset)}: ${key} must be an object of settings`);
        else if (sections[key as SectionName] !== undefined) visit(key as SectionName, valueNode);
        continue;
      }
      const path = pathOf({ section, key });
      if (mine.has(path)) {
        found.set(path, { value: plainValue(valueNode), origin: at(valueNode.offset), isText: false });
      } else if (owned.has(section)) {
        const siblings = leaves.filter((leaf) => leaf.section === section).map((leaf) => leaf.key);
        const others = section === 'root' ? SECTION_NAMES.filter((name) => name !== 'root') : [];
        problems.push(`${at(keyNode.offset)}: ${path} is no setting${suggestion(key, [...siblings, ...others])}`);
      }
    }
  };
  visit('root', tree);
  return found;
}

const DEFAULT_FILE = 'penstock.json';

/** The settings file that flags or environment name, else `penstock.json` in the working directory. */
export function configFile(argv: readonly string[], env: NodeJS.ProcessEnv): string {
  const at = argv.findIndex((word) => word === '--config' || word.startsWith('--config='));
  if (at !== -1) return argv[at]?.split(/=(.*)/s)[1] ?? argv[at + 1] ?? DEFAULT_FILE;
  return env.PENSTOCK_CONFIG ?? DEFAULT_FILE;
}
