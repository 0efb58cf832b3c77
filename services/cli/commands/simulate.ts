// `penstock simulate`: the simulated plant against any broker.

import { commandLogin } from '#runtime/access/service-login.ts';
import { brokerAddress } from '#runtime/broker-address.ts';
import { brokerUrl } from '#runtime/sections.ts';
import { EXIT } from '#runtime/start-error.ts';
import { withoutPassword } from '#runtime/url-password.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { readSettings } from '../settings.ts';
import { mqttLinks } from '../simulate/mqtt-link.ts';
import { Simulation, TICK_S } from '../simulate/simulation.ts';

const SPEED_MAX = 100;
const CONNECT_MS_MAX = 10_000;
const POLL_MS = 50;

export const simulateCommand: CliCommand = {
  name: 'simulate',
  summary: 'run the simulated plant: a tank farm, a pump line and a compressor',
  help: 'The first minute shows an alarm that comes and goes, a sensor that falls silent, a bad payload and a command.\n',
  options: [
    ['--seed <number>', 'another seed gives another day (default: 1)'],
    ['--speed <factor>', `plant time against real time, up to ${SPEED_MAX} (default: 1)`],
  ],
  run: async ({ settings, options }, cli) => {
    const seed = Number(options.seed ?? 1);
    const speed = Number(options.speed ?? 1);
    if (!Number.isSafeInteger(seed)) return misuse('--seed must be a whole number', cli);
    if (!(speed > 0 && speed <= SPEED_MAX)) {
      return misuse(`--speed must be a number above 0 and at most ${SPEED_MAX}`, cli);
    }
    const loaded = readSettings(settings, cli);
    if (typeof loaded === 'number') return loaded;
    const { broker } = loaded.config;
    const openLink = mqttLinks({ ...brokerAddress(broker), ...commandLogin(loaded.config, 'simulator') });
    await using simulation = new Simulation({ seed, openLink, now: cli.now });
    return await play(simulation, speed, brokerUrl(broker), cli);
  },
};

function misuse(message: string, cli: Cli): number {
  cli.err(`error: ${message}\n`);
  return EXIT.usage;
}

async function play(simulation: Simulation, speed: number, url: string, cli: Cli): Promise<number> {
  const { asked } = cli.stopSignals();
  const startedAt = cli.now();
  while (simulation.connectedCount === 0 && !asked.aborted) {
    if (cli.now() - startedAt > CONNECT_MS_MAX) {
      cli.err(`error: no broker answers at ${withoutPassword(url)}; \`penstock doctor\` looks for the reason\n`);
      return EXIT.unavailable;
    }
    await cli.sleep(POLL_MS, asked);
  }
  if (cli.isTerminal) cli.err(`Simulated plant on ${withoutPassword(url)}; Ctrl-C stops it.\n`);
  // Ticks keep to the clock: a late one is followed by a shorter wait, never by a burst.
  for (let dueAt = cli.now(); !asked.aborted; ) {
    simulation.tick();
    dueAt = Math.max(dueAt + (TICK_S * 1_000) / speed, cli.now());
    await cli.sleep(dueAt - cli.now(), asked);
  }
  if (cli.isTerminal) cli.err(`${simulation.sentCount} readings sent.\n`);
  return EXIT.ok;
}
