// Foreign topics mapped to devices (`rules/sources/*.json`): {"topic": "home/{area}/{metric}", "format": "value",
// "site": "home", "device": "{area}"}. Site, area, device and metric come from a capture of that name, or from a text that
// may hold captures. Reads all files and reports everything that is wrong with them.

import path from 'node:path';
import { type FileProblem, type JsonFile, readJsonFiles } from '#runtime/json-file.ts';
import { isSparkplugSource, type SourceFile, sourceFile } from '#runtime/source-file.ts';
import type { PlaceOf } from '../sparkplug/place.ts';
import { capturesIn, topicPattern } from './captures.ts';
import { makeSource, PARTS, type Source, type Texts } from './source.ts';
import {
  placeByNames,
  SPARKPLUG_CAPTURES,
  SPARKPLUG_TEXTS,
  type SparkplugPlace,
  sparkplugPlace,
} from './sparkplug-places.ts';

export function readSources(
  rulesDir: string,
  models: ReadonlySet<string>,
): {
  readonly sources: readonly Source[];
  /** Where edge nodes of Sparkplug stand. */
  readonly placeOf: PlaceOf;
  readonly problems: readonly FileProblem[];
} {
  const { files, problems } = readJsonFiles(
    path.join(rulesDir, 'sources'),
    (name) => name.endsWith('.json'),
    sourceFile,
  );
  const sources: Source[] = [];
  const places: SparkplugPlace[] = [];
  const found = [...problems];
  for (const file of files) {
    const texts = textsOf(file.value);
    const wrong = problemsOf(file, texts, models);
    found.push(...wrong);
    if (wrong.length > 0) continue;
    if (isSparkplugSource(file.value)) places.push(sparkplugPlace(file.value, texts as Texts));
    else sources.push(makeSource(file, texts as Texts));
  }
  return { sources: sources.toSorted(byFilter), placeOf: placeByNames(places), problems: found };
}

/** Of two that map one topic the one comes first that says more of it, level by level from the left. */
function byFilter(a: Source, b: Source): number {
  const [mine, others] = [a, b].map(({ filter }) =>
    filter
      .split('/')
      .map((level) => (level === '+' ? '1' : '0'))
      .join(''),
  );
  return mine === others ? 0 : (mine ?? '') < (others ?? '') ? -1 : 1;
}

type MaybeTexts = { readonly [part in keyof Texts]: string | null };

/** Of what site, area, device and metric are made; null where neither the file nor a capture says it. */
export function textsOf(value: SourceFile): MaybeTexts {
  const { captures } = topicPattern(value.topic);
  const usual: Partial<Record<keyof Texts, string>> = isSparkplugSource(value) ? SPARKPLUG_TEXTS : {};
  const textOf = (part: keyof Texts) => value[part] ?? usual[part] ?? (captures.includes(part) ? `{${part}}` : null);
  return { site: textOf('site'), area: textOf('area'), device: textOf('device'), metric: textOf('metric') };
}

function problemsOf(
  { file, value, at }: JsonFile<SourceFile>,
  texts: MaybeTexts,
  models: ReadonlySet<string>,
): FileProblem[] {
  const { captures } = topicPattern(value.topic);
  const known = isSparkplugSource(value) ? [...captures, ...SPARKPLUG_CAPTURES] : captures;
  const say = (member: string, message: string): FileProblem => ({ file, ...at([member]), message });
  const twice = captures.filter((name, i) => captures.indexOf(name) !== i);
  const missing = PARTS.filter((part) => texts[part] === null);
  const unknown = Object.values(texts).flatMap((text) =>
    capturesIn(text ?? '').filter((name) => !known.includes(name)),
  );
  const { model } = value;
  return [
    ...twice.map((name) => say('topic', `{${name}} is captured twice; give the second another name`)),
    ...missing.map((part) => say('topic', `the ${part} is not said: capture {${part}} in the topic or add "${part}"`)),
    ...unknown.map((name) => say('topic', `the topic has no capture {${name}}`)),
    ...Object.keys(value.except ?? {})
      .filter((name) => !captures.includes(name))
      .map((name) => say('except', `the topic has no capture {${name}}`)),
    ...(model !== undefined && !models.has(model) ? [say('model', `there is no model '${model}'`)] : []),
  ];
}
