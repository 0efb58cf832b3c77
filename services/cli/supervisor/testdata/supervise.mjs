// A supervisor in a process of its own, to be killed by a test. Words: the journal, then the children's ports.

import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Supervisor } from '../supervisor.ts';

const [journal, ...ports] = process.argv.slice(2);
const program = path.join(import.meta.dirname, 'fake-child.mjs');
const specs = ports.map((port, i) => ({
  name: `child-${i}`,
  args: [program, `child-${i}`, port, 'good', journal],
  readyUrl: `http://127.0.0.1:${port}/`,
  needs: [],
}));
const sleep = (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => {});
const clock = { now: () => Date.now(), sleep };
const supervisor = new Supervisor(specs, { clock, onLine: () => {}, onEvent: () => {} });
await supervisor.start(20_000, new AbortController().signal);
process.stdout.write('ready\n');
