#!/usr/bin/env node
// penstock: the command line. Data goes to stdout, messages to stderr, exit codes as --help lists them.

import { setTimeout } from 'node:timers/promises';
import { styleText } from 'node:util';
import type { Cli, StopSignals } from './cli.ts';
import { commandsFor } from './commands/commands.ts';
import { runProgram } from './program.ts';
import { watchSignals } from './signals.ts';

const { env, stdout, stderr } = process;
const now = () => Date.now();
let signals: StopSignals | undefined;

const cli: Cli = {
  env,
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  isTerminal: stderr.isTTY === true,
  // styleText looks at NO_COLOR, FORCE_COLOR and whether the stream is a terminal.
  paint: (style, text) => styleText(style, text, { stream: stderr }),
  paintOut: (style, text) => styleText(style, text, { stream: stdout }),
  now,
  sleep: async (ms, signal) => {
    try {
      await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
    } catch {} // given up: the caller looks at its signal
  },
  stopSignals: () => {
    signals ??= watchSignals(process, now);
    return signals;
  },
};

// A reader that closes early (`penstock tail | head`) has what it wanted.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
stderr.on('error', () => {}); // the terminal is gone: nobody reads messages any more, and stopping must go on

const words = process.argv.slice(2);
process.exit(await runProgram(await commandsFor(words), words, cli));
