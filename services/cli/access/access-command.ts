// What the commands on users and devices share: settings read, one place where a refusal becomes a sentence and an exit code.

import { EXIT, StartError } from '#runtime/start-error.ts';
import type { Call, Cli, CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';
import { type AllSettings, readSettings } from '../settings.ts';

export const DRY_RUN = ['--dry-run', 'write nothing; say what would be done'] as const;
export const JSON_OPTION = ['--json', 'for programs: one JSON object per line'] as const;

export type AccessCall = Call & {
  readonly config: AllSettings;
  readonly isDry: boolean;
  readonly isJson: boolean;
};

type Parts = Omit<CliCommand, 'run'> & {
  /** Gives the exit code. @throws StartError with what to print */
  readonly run: (call: AccessCall, cli: Cli) => Promise<number>;
};

export function accessCommand({ run, ...rest }: Parts): CliCommand {
  return {
    ...rest,
    run: async (call, cli) => {
      const loaded = readSettings(call.settings, cli);
      if (typeof loaded === 'number') return loaded;
      const { options } = call;
      const flags = { isDry: options.dryRun === true, isJson: options.json === true };
      try {
        return await run({ ...call, ...flags, config: loaded.config }, cli);
      } catch (error) {
        if (error instanceof StartError) return refuse(error.message.split('\n'), error.exitCode, cli);
        throw error;
      }
    },
  };
}

/** What was asked for cannot be done; the sentence says what can. */
export function refusal(sentence: string): StartError {
  return new StartError(sentence, EXIT.usage);
}

/** @throws StartError where it is missing */
export function nameOf({ operands: [name] }: Call, what: string): string {
  if (name !== undefined) return name;
  throw refusal(`which one? name ${what}`);
}
