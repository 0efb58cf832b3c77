// The Dockerfile as data: its stages with what each copies and runs, and which files of the repository it is given. Of both
// files only what ours use is understood; anything else is an error, so that the tests cannot read past it.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/processes.ts';

export type Copy = {
  /** The stage that it is copied from; undefined for the repository. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
};

export type Step =
  | ({ readonly kind: 'copy' } & Copy)
  /** As a shell is given it, without the mounts of the builder. */
  | { readonly kind: 'run'; readonly script: string }
  | { readonly kind: 'other'; readonly word: string; readonly text: string };

export type Stage = { readonly name: string; readonly from: string; readonly steps: readonly Step[] };

const OTHER_WORDS = ['ARG', 'CMD', 'ENTRYPOINT', 'ENV', 'HEALTHCHECK', 'LABEL', 'STOPSIGNAL', 'USER', 'WORKDIR'];

/** The last one is the image; a stage without a name is called by its number. */
export function readStages(file = path.join(ROOT, 'deploy/Dockerfile')): Stage[] {
  const stages: { name: string; from: string; steps: Step[] }[] = [];
  for (const line of instructions(readFileSync(file, 'utf8'))) {
    const [, word = '', text = ''] = /^(\S+)\s+(.*)$/s.exec(line) ?? [];
    if (word === 'FROM') {
      const [, from = '', name = String(stages.length)] = /^(?:--platform=\S+ )?(\S+)(?: AS (\S+))?$/.exec(text) ?? [];
      stages.push({ name, from, steps: [] });
    } else if (stages.length > 0) stages.at(-1)?.steps.push(stepOf(word, text));
    else if (word !== 'ARG') throw new Error(`Dockerfile: ${word} before the first FROM`);
  }
  return stages;
}

/** Whole instructions, one each, without comments. */
function instructions(text: string): string[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

function stepOf(word: string, text: string): Step {
  if (word === 'COPY') {
    const [, from, paths = ''] = /^(?:--from=(\S+) )?([^-].*)$/.exec(text) ?? [];
    const words = paths.split(/\s+/);
    return { kind: 'copy', from, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
  }
  if (word === 'RUN') return { kind: 'run', script: text.replace(/^(?:--mount=\S+ )+/, '') };
  if (!OTHER_WORDS.includes(word)) throw new Error(`Dockerfile: the tests do not know ${word}`);
  return { kind: 'other', word, text };
}

type Pattern = { readonly isBack: boolean; readonly matches: (file: string) => boolean };

/** Whether a builder gets to see a file, which is named by its path from the root. */
export function readContext(file = path.join(ROOT, 'deploy/Dockerfile.dockerignore')): (name: string) => boolean {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const patterns = lines.map(patternOf);
  return (name) => patterns.reduce((isSeen, { isBack, matches }) => (matches(name) ? isBack : isSeen), true);
}

/** What matches a folder matches all that is in it. */
function patternOf(line: string): Pattern {
  const isBack = line.startsWith('!');
  const glob = line.replace(/^!/, '');
  if (!/^(?:\*\*\/)?(?:\*|[\w./-]*(?:\*\.)?[\w./-]+)$/.test(glob))
    throw new Error(`dockerignore: unknown form ${line}`);
  const source = glob
    .replace(/[.]/g, '\\.')
    .replace(/^\*\*\//, '(?:.*/)?')
    .replace(/(?<![.)])\*/g, '[^/]*');
  const regex = new RegExp(`^${source}(?:/.*)?$`);
  return { isBack, matches: (name) => regex.test(name) };
}
