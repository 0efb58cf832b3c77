// `penstock service <name>`: one service in this process's place, for systemd, containers and debugging.

import { constants } from 'node:os';
import { SERVICES } from '#domain/service.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { EXIT } from '#runtime/start-error.ts';
import type { CliCommand } from '../cli.ts';
import { readSettings } from '../settings.ts';
import { compileCache } from '../supervisor/compile-cache.ts';
import { launch } from '../supervisor/launch.ts';
import { serviceProgram } from '../supervisor/service-children.ts';

export const serviceCommand: CliCommand = {
  name: 'service',
  operands: '<name>',
  summary: `run one service alone: ${SERVICES.join(', ')}`,
  run: async ({ operands: [word = ''], settings }, cli) => {
    const name = SERVICES.find((each) => each === word);
    if (name === undefined) {
      cli.err(`error: there is no service '${word}'${didYouMean(word, SERVICES)}\n`);
      return EXIT.usage;
    }
    const loaded = readSettings(settings, cli);
    if (typeof loaded === 'number') return loaded;
    const { asked, insisted } = cli.stopSignals();
    const child = launch({ args: [serviceProgram(name), ...settings], env: compileCache(loaded.config.root.data) });
    asked.addEventListener('abort', () => child.terminate());
    insisted.addEventListener('abort', () => child.kill());
    const { code, signal } = await child.ended;
    if (insisted.aborted) return EXIT.interrupted;
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal as NodeJS.Signals]);
  },
};
