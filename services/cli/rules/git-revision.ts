// The files of a folder as they stood at a revision. Asks git, which must be installed only for this.

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { RuleText } from '#rules/check/check-rules.ts';

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** The JSON files directly in the folder, or a sentence that says why there are none. */
export function filesAtRevision(revision: string, folder: string): RuleText[] | string {
  if (revision.startsWith('-') || revision === '') return `'${revision}' is no revision`;
  try {
    const names = git(folder, ['ls-tree', '-z', '--name-only', revision, './']).split('\0');
    return names
      .filter((name) => name.endsWith('.json'))
      .map((name) => ({
        file: `${revision}:${path.join(folder, name)}`,
        text: git(folder, ['show', `${revision}:./${name}`]),
      }));
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') return `git is not there, or the folder ${folder} is not`;
    return `${folder} at ${revision} cannot be read: ${(stderr ?? '').trim().split('\n')[0] || 'git failed'}`;
  }
}

function git(folder: string, words: readonly string[]): string {
  return execFileSync('git', ['-C', folder, ...words], {
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: outsideAnyHook(process.env),
  });
}

/** Within a hook git says which repository it is about, by paths that hold for another folder than this one. */
function outsideAnyHook(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX)$/.test(name)),
  );
}
