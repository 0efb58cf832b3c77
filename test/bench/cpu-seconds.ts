import { readFileSync } from 'node:fs';

const CLOCK_TICKS_PER_S = 100;

/** Seconds of CPU that a process has used, as Linux counts them. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_S;
}

/** Seconds of this thread's own CPU time: other processes of the machine are not counted in. */
export function threadCpuSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}
