// What a command gets of the outside world. main.ts makes the real one; tests make their own.

import type { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];
/** Colours a text where the reader is a terminal that wants colours; gives it back as it is elsewhere. */
export type Paint = (style: Style, text: string) => string;

export type StopSignals = {
  /** The first Ctrl-C, SIGTERM or SIGHUP, or the end of the supervisor that started us: finish what you do. */
  readonly asked: AbortSignal;
  /** The second one: end now. */
  readonly insisted: AbortSignal;
};

export type Cli = {
  readonly env: NodeJS.ProcessEnv;
  /** Data, to stdout. */
  readonly out: (text: string) => void;
  /** Messages, to stderr. */
  readonly err: (text: string) => void;
  /** Whether messages are read by a person at a terminal. */
  readonly isTerminal: boolean;
  /** For messages. */
  readonly paint: Paint;
  /** For data. */
  readonly paintOut: Paint;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Resolves after that time, or at once when the signal is given. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From the first call on a signal no longer ends the process by itself. */
  readonly stopSignals: () => StopSignals;
};

export type Call = {
  /** The words that are no flags. */
  readonly operands: readonly string[];
  /** The command's own flags, by their camel-case name. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Flags that name settings, as they were written. */
  readonly settings: readonly string[];
};

/** A subcommand; program.ts dispatches on a table of these. */
export type CliCommand = {
  /** `tail`, or `config show`. */
  readonly name: string;
  /** In commander's notation: `[filter...]`. */
  readonly operands?: string;
  readonly summary: string;
  /** Shown below the flags by --help. */
  readonly help?: string;
  readonly options?: readonly (readonly [flags: string, description: string])[];
  /** Gives the exit code. */
  readonly run: (call: Call, cli: Cli) => Promise<number>;
};
