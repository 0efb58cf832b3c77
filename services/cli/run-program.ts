// Runs a program of another service's: the command line knows nothing of how that keeps or reads things, and long work in it is
// not in the way of signals.

import { EXIT } from '#runtime/start-error.ts';
import type { Cli } from './cli.ts';
import { launch } from './supervisor/launch.ts';

/** @param wish what it is to do, as JSON. Gives the program's exit code; what it says goes where ours goes. */
export async function runProgram(program: string, wish: object, cli: Pick<Cli, 'stopSignals'>): Promise<number> {
  const child = launch({ args: [program, JSON.stringify(wish)], env: {} });
  const { asked, insisted } = cli.stopSignals();
  asked.addEventListener('abort', () => child.terminate());
  insisted.addEventListener('abort', () => child.kill());
  const { code } = await child.ended;
  return code ?? EXIT.interrupted;
}
