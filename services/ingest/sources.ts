// Foreign topics mapped to devices (`rules/sources/*.json`): {"topic": "home/{area}/{metric}", "format": "value",
// "site": "home", "device": "{area}"}. Captures stand for one whole level; site, area, device and metric come from a capture
// of that name, or from a text that may hold captures.

import path from 'node:path';
import type { z } from 'zod';
import { isName, NAME_HINT } from '#domain/name.ts';
import type { Refusal } from '#domain/rejected.ts';
import type { DeviceName } from '#domain/topic.ts';
import { type FileProblem, readJsonFiles } from '#runtime/json-file.ts';
import { sourceFile } from '#runtime/source-file.ts';
import type { FormatName } from './formats/formats.ts';

const PARTS = ['site', 'area', 'device'] as const;

type Texts = { readonly site: string; readonly area: string; readonly device: string; readonly metric: string | null };

export type Source = {
  /** MQTT filter of its topics. */
  readonly filter: string;
  readonly format: FormatName;
  /** Our name for a sender's metric; null where it is dropped. */
  readonly rename: (metric: string) => string | null;
  /** Device and metric that a topic means; undefined where the topic is not one of this source. */
  readonly match: (
    topic: string,
  ) => { readonly device: DeviceName; readonly metric: string | null } | Refusal | undefined;
};

export function readSources(rulesDir: string): {
  readonly sources: readonly Source[];
  readonly problems: readonly FileProblem[];
} {
  const { files, problems } = readJsonFiles(
    path.join(rulesDir, 'sources'),
    (name) => name.endsWith('.json'),
    sourceFile,
  );
  const sources: Source[] = [];
  for (const { file, value, at } of files) {
    const levels = value.topic.split('/');
    const captures = levels.filter((level) => level.startsWith('{')).map((level) => level.slice(1, -1));
    const texts: Record<string, string | null> = {
      metric: value.metric ?? (captures.includes('metric') ? '{metric}' : null),
    };
    for (const part of PARTS) texts[part] = value[part] ?? (captures.includes(part) ? `{${part}}` : null);
    const missing = PARTS.filter((part) => texts[part] === null);
    const unknown = Object.values(texts).flatMap((text) =>
      capturesIn(text ?? '').filter((name) => !captures.includes(name)),
    );
    for (const part of missing) {
      problems.push({
        file,
        ...at(['topic']),
        message: `the ${part} is not said: capture {${part}} in the topic or add "${part}"`,
      });
    }
    for (const name of unknown)
      problems.push({ file, ...at(['topic']), message: `the topic has no capture {${name}}` });
    if (missing.length > 0 || unknown.length > 0) continue;
    sources.push(makeSource(value, levels, texts as Texts));
  }
  return { sources, problems };
}

function capturesIn(text: string): string[] {
  return [...text.matchAll(/\{([a-z]+)\}/g)].map((match) => match[1] ?? '');
}

function makeSource(file: z.infer<typeof sourceFile>, levels: readonly string[], texts: Texts): Source {
  const metrics = new Map(Object.entries(file.metrics ?? {}));
  return {
    filter: levels.map((level) => (level.startsWith('{') ? '+' : level)).join('/'),
    format: file.format,
    rename: (metric) => {
      const renamed = metrics.get(metric);
      return renamed === undefined ? metric : renamed;
    },
    match: (topic) => {
      const given = topic.split('/');
      if (given.length !== levels.length) return undefined;
      const captured = new Map<string, string>();
      for (const [i, level] of levels.entries()) {
        if (level.startsWith('{')) captured.set(level.slice(1, -1), given[i] ?? '');
        else if (level !== given[i]) return undefined;
      }
      return resolve(texts, captured);
    },
  };
}

function resolve(
  texts: Texts,
  captured: ReadonlyMap<string, string>,
): { device: DeviceName; metric: string | null } | Refusal {
  const fill = (text: string) => text.replace(/\{([a-z]+)\}/g, (_, name: string) => captured.get(name) ?? '');
  const device = { site: fill(texts.site), area: fill(texts.area), device: fill(texts.device) };
  for (const part of PARTS) {
    if (!isName(device[part])) {
      return {
        reason: 'topic',
        message: `the topic gives the ${part} '${device[part].slice(0, 80)}'; it must be ${NAME_HINT}`,
      };
    }
  }
  return { device, metric: texts.metric === null ? null : fill(texts.metric) };
}
