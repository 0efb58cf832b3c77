// `penstock init compose`: the .env that says what docker compose starts.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { writePrivateFile } from '#runtime/access/private-file.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { EXIT } from '#runtime/start-error.ts';
import { hostProblems } from '../certificates/names.ts';
import type { Call, Cli, CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';
import { BROKERS, type ComposeChoice, choiceProblem, composeEnv, STORES } from '../init/compose-env.ts';

const FILE = '.env';
const FOLDER_DEFAULT = 'deploy';

const HELP = `
Without a .env \`docker compose up\` starts the built-in broker, the services, InfluxDB and Grafana. Keys and passwords are no
matter of this file: the first start makes them.

  penstock init compose --demo                       a simulated plant as well
  penstock init compose --store historian            the built-in store instead of InfluxDB
  penstock init compose --broker mosquitto --scale   mosquitto, and two ingest that share the messages
  penstock init compose --host broker.plant          devices on other machines come by TLS`;

export const initComposeCommand: CliCommand = {
  name: 'init compose',
  summary: 'choose what docker compose starts from deploy/compose.yaml',
  help: HELP,
  options: [
    ['--store <store>', `one of ${STORES.join(', ')} (default: ${STORES[0]})`],
    ['--broker <broker>', `one of ${BROKERS.join(', ')} (default: ${BROKERS[0]})`],
    ['--demo', 'with the simulated plant'],
    ['--scale', 'with a second ingest'],
    ['--host <name>', 'name or address by which devices on other machines reach the broker, by TLS on port 8883'],
    ['--out <folder>', `where compose.yaml lies (default: ${FOLDER_DEFAULT})`],
    ['--force', 'write over a .env that is there'],
    ['--dry-run', 'print the file, and write nothing'],
  ],
  run: async ({ options, settings }, cli) => {
    const { choice, problems } = choiceOf(options);
    if (settings.length > 0) problems.push(`'${settings.join(' ')}' is no flag of this command`);
    const problem = choiceProblem(choice);
    if (problem !== undefined) problems.push(problem);
    if (problems.length > 0) return refuse(problems, EXIT.usage, cli);
    const text = composeEnv(choice);
    if (options.dryRun !== true) return write(text, options, cli);
    cli.out(text);
    return EXIT.ok;
  },
};

function choiceOf(options: Call['options']): { readonly choice: ComposeChoice; readonly problems: string[] } {
  const problems: string[] = [];
  const one = <const T extends string>(flag: string, words: readonly [T, ...T[]]): T => {
    const word = options[flag] ?? words[0];
    const found = words.find((each) => each === word);
    if (found === undefined)
      problems.push(`--${flag} is one of ${words.join(', ')}, and not '${word}'${didYouMean(String(word), words)}`);
    return found ?? words[0];
  };
  const host = options.host as string | undefined;
  if (host !== undefined) problems.push(...hostProblems([host]));
  const choice = {
    store: one('store', STORES),
    broker: one('broker', BROKERS),
    hasDemo: options.demo === true,
    isScaled: options.scale === true,
    host,
  };
  return { choice, problems };
}

async function write(text: string, { out, force }: Call['options'], cli: Cli): Promise<number> {
  const folder = path.resolve(String(out ?? FOLDER_DEFAULT));
  const file = path.join(folder, FILE);
  if (!existsSync(path.join(folder, 'compose.yaml')))
    return refuse([`${folder} has no compose.yaml; name the folder that has with --out`], EXIT.usage, cli);
  if (existsSync(file) && force !== true)
    return refuse(
      [`${file} is there already; --force writes over it, --dry-run shows what would be written`],
      EXIT.findings,
      cli,
    );
  try {
    await writePrivateFile(file, text);
  } catch (error) {
    return refuse([`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`], EXIT.usage, cli);
  }
  cli.out(`${file}\n`);
  cli.err(`
Next, in ${folder}:
  docker compose up -d --build         what is not chosen any more: add --remove-orphans
  docker compose logs init             the password of operator, after the very first start
  docker compose run --rm cli doctor   where something does not work
`);
  return EXIT.ok;
}
