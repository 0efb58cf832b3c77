// The parts of the rule workbench, put together.

import path from 'node:path';
import type { Log } from '#runtime/log.ts';
import type { Plant } from '../plant/plant.ts';
import type { ThreadData } from './job.ts';
import { RuleFilesOnDisk } from './rule-files.ts';
import { RuleList } from './rule-list.ts';
import { Workbench } from './workbench.ts';

export type OpenWorkbench = {
  readonly files: RuleFilesOnDisk;
  readonly list: RuleList;
  readonly workbench: Workbench;
};

export type WorkbenchOptions = {
  readonly rulesDir: string;
  readonly maySave: boolean | undefined;
  readonly store: ThreadData['store'];
  readonly plant: Pick<Plant, 'snapshot' | 'running'>;
  readonly log: Log;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly jobMsMax?: number;
};

/** Starts nothing: threads begin with the first job. */
export function openWorkbench({ rulesDir, maySave, store, plant, ...around }: WorkbenchOptions): OpenWorkbench {
  const dir = path.resolve(rulesDir);
  const workbench = new Workbench({ ...around, data: { rulesDir: dir, store } });
  return {
    files: new RuleFilesOnDisk({ dir, maySave }),
    list: new RuleList({ dir, workbench, plant, running: plant.running }),
    workbench,
  };
}
