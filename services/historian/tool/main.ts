// What `penstock historian …` runs on a historian's folder. A program of its own, since the command line knows nothing of how
// the historian keeps things, and long reading should not be in the way of its signals.

import { EXIT, StartError } from '#runtime/start-error.ts';
import { runTool } from './run-tool.ts';
import { toolWish } from './wish.ts';

const over = new AbortController();
const err = (text: string) => process.stderr.write(text);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => over.abort());
// The command line holds the other end: when it is gone, nobody waits for us.
process.stdin.resume();
process.stdin.once('end', () => over.abort());
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  process.exitCode = await runTool(toolWish.parse(JSON.parse(process.argv[2] ?? '')), {
    ...{ stdout: process.stdout, err, isTerminal: process.stderr.isTTY === true, signal: over.signal },
  });
} catch (error) {
  if (!(error instanceof Error)) throw error;
  process.exitCode = over.signal.aborted
    ? EXIT.interrupted
    : error instanceof StartError
      ? error.exitCode
      : EXIT.software;
  if (!over.signal.aborted) err(`error ${error.message}\n`);
}
process.stdin.destroy();
