// What a benchmark ran on, as one line: numbers of another machine are other numbers.

import { cpus } from 'node:os';

export function machineLine(): string {
  const [first] = cpus();
  const today = new Date().toISOString().slice(0, 10);
  return `${cpus().length} cores, ${first?.model ?? 'unknown'}, Node ${process.version}, ${today}`;
}
