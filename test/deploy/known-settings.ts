// Which names of the environment are settings, as the settings' own schemas say; for files that name some.

import { environmentName, type SectionName } from '#runtime/config.ts';
import { readSettings } from '../../services/cli/settings.ts';
import { recordedCli } from '../../services/cli/testing.ts';

/** Wrong settings of an environment, a sentence each; files that secrets are read from are not looked into. */
export function environmentProblems(env: Readonly<Record<string, string>>): string[] {
  const known = knownNames();
  const files = Object.keys(env).filter((name) => name.endsWith('_FILE') && known.get(name) === 'secret file');
  const cli = recordedCli(Object.fromEntries(Object.entries(env).filter(([name]) => !files.includes(name))));
  return typeof readSettings([], cli) === 'number' ? cli.said.err.trim().split('\n') : [];
}

/** Every name beginning with PENSTOCK_ in a text that is no setting. */
export function unknownNames(text: string): string[] {
  const known = knownNames();
  const named = new Set([...text.matchAll(/\bPENSTOCK_[A-Z0-9_]*[A-Z0-9]/g)].map(([name]) => name));
  return [...named].filter((name) => !known.has(name));
}

export function knownNames(): Map<string, 'setting' | 'secret file'> {
  const loaded = readSettings([], recordedCli());
  if (typeof loaded === 'number') throw new Error('the defaults are no settings');
  const names = new Map<string, 'setting' | 'secret file'>([['PENSTOCK_CONFIG', 'setting']]);
  for (const { path, secret } of loaded.settings) {
    const [first = '', second] = path.split('.');
    const name = second === undefined ? environmentName('root', first) : environmentName(first as SectionName, second);
    names.set(name, 'setting');
    if (secret) names.set(`${name}_FILE`, 'secret file');
  }
  return names;
}
