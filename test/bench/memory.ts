import { readFileSync } from 'node:fs';
import type { Running } from '../support/processes.ts';

/** Resident memory of a process, what it has mapped of files included: now (VmRSS), or the most it ever had (VmHWM). */
export function memoryMegabytes({ child }: Running, line: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
  return Number(new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
}
