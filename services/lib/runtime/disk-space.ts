// How full the disk is that a service writes to: said before it is full, since with a full one nothing is acknowledged. It is
// no part of being ready: the service does its work, and whoever waits for it to be ready would wait until somebody has
// cleared the disk.

import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '#domain/service.ts';
import type { Sections } from './config.ts';
import type { Service } from './process.ts';

/** It is over when so much more is free: a log that rolls at the mark is one alarm and not one an hour. */
const RELAXED_RATIO = 0.02;
/** From here on it is a matter of minutes on a small disk. */
const CRITICAL_RATIO = 0.95;
const LOOK_MS = 1_000;

type Blocks = { readonly blocks: number; readonly bfree: number; readonly bavail: number };
type StatOf = (folder: string) => Promise<Blocks>;

/** Says in metrics, problems and once in the log how full the disk of a folder is, which must be there. */
export function watchDiskSpace<S extends Sections>(service: Service<S>, folder: string): void {
  const { name, metrics, problems, log, stack } = service;
  const { root, broker } = service.config as Service<Record<never, never>>['config'];
  const disk = new DiskSpace(folder, root.diskAlarmPercent / 100);
  metrics.gauge(`${name}_disk_used_ratio`, 'How full the disk is that it writes to.', () => disk.usedRatio);
  // One disk is one alarm, however many services write to it: the embedded broker's, where its folder is on it too.
  const brokerFolder = path.join(root.data, 'broker');
  const isTold = name !== 'broker' && broker.url === undefined && isSameDisk(folder, brokerFolder);
  if (!isTold) problems.add(() => disk.problems());
  let told = '';
  const look = async () => {
    const error = await disk.look();
    const [problem] = disk.problems() ?? [];
    const kind = `${problem?.priority}`;
    if (problem !== undefined && kind !== told) log.warn(error === undefined ? {} : { err: error }, problem.text);
    told = kind;
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  stack.defer(() => clearInterval(timer));
  void look();
}

/** false also where one of them is not there. */
export function isSameDisk(folder: string, other: string): boolean {
  const [one, two] = [folder, other].map((each) => statSync(each, { throwIfNoEntry: false })?.dev);
  return one !== undefined && one === two;
}

export class DiskSpace {
  readonly #folder: string;
  readonly #alarmRatio: number;
  readonly #statOf: StatOf;
  #usedRatio = 0;
  #isFull = false;
  #state: 'unknown' | 'known' | 'unreadable' = 'unknown';

  constructor(folder: string, alarmRatio: number, statOf: StatOf = statfs) {
    this.#folder = folder;
    this.#alarmRatio = alarmRatio;
    this.#statOf = statOf;
  }

  /** Of what is not reserved for root; as of the last look. */
  get usedRatio(): number {
    return this.#usedRatio;
  }

  /** Gives why it cannot be looked at. */
  async look(): Promise<unknown> {
    try {
      const { blocks, bfree, bavail } = await this.#statOf(this.#folder);
      const used = blocks - bfree;
      this.#usedRatio = used / Math.max(1, used + bavail);
      this.#isFull = this.#usedRatio >= this.#alarmRatio - (this.#isFull ? RELAXED_RATIO : 0);
      this.#state = 'known';
      return undefined;
    } catch (error) {
      this.#state = 'unreadable';
      return error;
    }
  }

  /** undefined before the first look. */
  problems(): Problem[] | undefined {
    if (this.#state === 'unknown') return undefined;
    if (this.#state === 'unreadable')
      return [{ id: 'disk-space', text: `nobody sees how full the disk of ${this.#folder} is; the log says why` }];
    if (!this.#isFull) return [];
    const percent = Math.round(this.#usedRatio * 100);
    const text = `the disk of ${this.#folder} is ${percent} % full; when it is full, nothing is acknowledged until there is room`;
    return [{ id: 'disk-space', text, priority: this.#usedRatio >= CRITICAL_RATIO ? 'critical' : 'high' }];
  }
}
