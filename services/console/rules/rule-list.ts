// The list of rules: what stands in the folder is looked at anew only where a file has changed; what runs and what is in alarm is as
// it is now.

import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { INNER_FOLDERS } from '#rules/stray-files.ts';
import type { AlarmView } from '../api/live.ts';
import type { RuleFileRow, RulesView } from '../api/rules.ts';
import type { Plant } from '../plant/plant.ts';
import type { Listed, ListedFile } from './jobs/list-job.ts';
import type { RunningRules } from './running-rules.ts';
import type { Workbench } from './workbench.ts';

export type RuleListParts = {
  readonly dir: string;
  readonly workbench: Workbench;
  readonly running: RunningRules;
  readonly plant: Pick<Plant, 'snapshot'>;
};

export class RuleList {
  readonly #parts: RuleListParts;
  #looked: { readonly print: string; readonly listed: Promise<Listed> } | undefined;

  constructor(parts: RuleListParts) {
    this.#parts = parts;
  }

  async view(): Promise<Omit<RulesView, 'canSave' | 'whyNot'>> {
    const { files, more, findings } = await this.#listed();
    const { status } = this.#parts.running;
    const runs = new Map(status?.rules.map(({ id, rev, mode }) => [id, { rev, mode }]));
    const active = Map.groupBy(this.#parts.plant.snapshot().alarms.filter(isActive), ({ rule }) => rule);
    const rows = files.map((file): RuleFileRow => {
      const activeAlarms = [...active].reduce((sum, [rule, alarms]) => sum + (isOf(rule, file) ? alarms.length : 0), 0);
      return { ...file, runs: file.id === null ? null : (runs.get(file.id) ?? null), activeAlarms };
    });
    return { files: rows, more, findings, toldAt: status?.loadedAt ?? null };
  }

  async #listed(): Promise<Listed> {
    const print = await fingerprint(this.#parts.dir);
    if (this.#looked?.print === print) return await this.#looked.listed;
    // Nobody's login: all who ask share one look at a folder as it is.
    const listed = this.#parts.workbench
      .run({ kind: 'list' }, { owner: print })
      .then((json) => JSON.parse(json) as Listed);
    const looked = { print, listed };
    this.#looked = looked;
    listed.catch(() => {
      if (this.#looked === looked) this.#looked = undefined; // the next one tries again
    });
    return await listed;
  }
}

/** Also the alarms that a rule raises beside its own: `<id>.no-data`. */
function isOf(rule: string, { id }: ListedFile): boolean {
  return id !== null && (rule === id || rule.startsWith(`${id}.`));
}

/** Of names, sizes and times of all that a check of the folder reads. */
async function fingerprint(dir: string): Promise<string> {
  const folders = [dir, ...[...INNER_FOLDERS, 'notify'].map((name) => path.join(dir, name))];
  const facts = await Promise.all(folders.map(factsOf));
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url');
}

async function factsOf(folder: string): Promise<readonly (readonly [string, number, number])[]> {
  const names = await readdir(folder).catch(() => []);
  return await Promise.all(
    names.sort().map(async (name) => {
      const stats = await stat(path.join(folder, name)).catch(() => undefined);
      return [name, stats?.mtimeMs ?? 0, stats?.size ?? 0] as const;
    }),
  );
}

function isActive({ state }: AlarmView): boolean {
  return state === 'UNACK' || state === 'ACKED';
}
