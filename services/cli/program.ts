// The command line: a table of commands to commander, and back to exit codes. The only file that imports commander.
// Flags that commander does not know are taken for settings and judged by the settings' own reader, which knows them all.

import { Command, CommanderError } from 'commander';
import { VERSION } from '#runtime/process.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import type { Cli, CliCommand } from './cli.ts';
import { refuse } from './history/refuse.ts';
import { printable } from './printable.ts';
import { splitWords } from './words.ts';

const EXIT_CODES = `
Exit codes:
  0    done
  1    findings, failed tests, or differences
  2    wrong usage
  3    warnings, where --lint-fatal makes them count
  69   a needed service is not reachable, or a port is taken
  78   the configuration is invalid
  130  ended by a second Ctrl-C`;

const SETTINGS = `
Every setting is a flag, an environment variable and a key of penstock.json, in that order of weight:
  --broker-port 1884   PENSTOCK_BROKER_PORT=1884   { "broker": { "port": 1884 } }
  --config FILE reads another file; \`penstock config show\` lists all settings.`;

const GROUPS: Readonly<Record<string, string>> = {
  audit: 'see who did what, and that nobody changed the record of it',
  broker: 'put another broker in the place of the embedded one',
  cert: 'make, list, renew and revoke certificates of broker and devices',
  config: 'show the settings',
  device: 'let devices log in at the broker, and see what came of them',
  init: 'make what is shared by services that are started apart, and choose what docker compose starts',
  historian: 'copy, export, import, count and check what the store holds',
  rejected: 'look at what could not be taken, and send it again',
  source: 'see what a mapping of foreign topics makes of a message',
  rules: 'write, test, compare and explain alarm rules',
  user: 'let people and programs log in',
};

/** Runs what the words ask for and gives the exit code. */
export async function runProgram(commands: readonly CliCommand[], words: readonly string[], cli: Cli): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = new Command('penstock')
    .description('An industrial telemetry pipeline with a rules engine.')
    .version(VERSION)
    .helpCommand(true)
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({ writeOut: cli.out, writeErr: cli.err });
  for (const command of commands) {
    addCommand(program, command, cli, (code) => {
      exitCode = code;
    });
  }
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof StartError) return refuse([error.message], error.exitCode, cli);
    if (!(error instanceof CommanderError)) throw error;
    // Help and version that were asked for are data; help because nothing was asked is a mistake.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return exitCode;
}

function addCommand(program: Command, command: CliCommand, cli: Cli, onExit: (code: number) => void): void {
  const names = command.name.split(' ');
  const last = names.pop() ?? '';
  const parent = names.reduce((at, name) => groupOf(at, name), program);
  const added = parent
    .command(command.operands === undefined ? last : `${last} ${command.operands}`)
    .description(command.summary)
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', `${command.help === undefined ? '' : `\n${command.help}`}${SETTINGS}\n${EXIT_CODES}`);
  for (const [flags, description] of command.options ?? []) added.option(flags, description);
  added.action(async () => {
    const { settings, operands } = splitWords(added.args);
    const extra = operands.slice(operandsMax(command));
    // Ignored, a mistyped flag would start something else than what was asked for.
    if (extra.length > 0) {
      cli.err(
        `error: \`penstock ${command.name}\` takes no '${printable(extra.join(' '))}'\n\n${added.helpInformation()}`,
      );
      return onExit(EXIT.usage);
    }
    onExit(await command.run({ settings, operands, options: added.opts() }, cli));
  });
}

function operandsMax({ operands = '' }: CliCommand): number {
  if (operands.includes('...')) return Number.POSITIVE_INFINITY;
  return operands.split(' ').filter((word) => word !== '').length;
}

/** @throws where nothing is said of the group: it would stand in the help without a word */
function groupOf(parent: Command, name: string): Command {
  const known = parent.commands.find((each) => each.name() === name);
  if (known !== undefined) return known;
  const summary = GROUPS[name];
  if (summary === undefined) throw new Error(`the group of commands '${name}' has no description`);
  return parent.command(name).description(summary);
}
