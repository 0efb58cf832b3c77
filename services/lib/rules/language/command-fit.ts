// Whether a command is one that the model of its device describes, and whether an interlock holds it back.

import type { CommandModel, CommandModels, StateValue } from '#runtime/command-model.ts';

type Argument = CommandModel['args'][string];

const SHOWN_CHARS_MAX = 64;

/** A command as a rule or a person gives it. */
export type GivenCommand = {
  readonly command: string;
  readonly args: { readonly [name: string]: StateValue };
};

export type Misfit = {
  /** The argument that is wrong; undefined: the command itself. */
  readonly argument?: string;
  readonly message: string;
  /** What there is in place of a name that there is not; empty for any other misfit. */
  readonly known: readonly string[];
};

/** As the model describes it. A name that somebody writes may be one that every object has. */
export function commandNamed(name: string, commands: CommandModels | undefined): CommandModel | undefined {
  return commands !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
}

/** What of the command is not as the model has it; none where the model describes no commands at all. */
export function misfitsOf(
  { command, args }: GivenCommand,
  model: string,
  commands: CommandModels | undefined,
): Misfit[] {
  if (commands === undefined) return [];
  const known = commandNamed(command, commands);
  if (known === undefined) {
    return [{ message: `model ${model} has no command '${command}'`, known: Object.keys(commands) }];
  }
  const missing = Object.entries(known.args)
    .filter(([name, { optional }]) => optional !== true && !Object.hasOwn(args, name))
    .map(([name]): Misfit => ({ message: `command '${command}' of model ${model} needs '${name}'`, known: [] }));
  const wrong = Object.entries(args).flatMap(([name, value]): Misfit[] => {
    const wanted = Object.hasOwn(known.args, name) ? known.args[name] : undefined;
    if (wanted === undefined) {
      const message = `command '${command}' of model ${model} has no '${name}'`;
      return [{ argument: name, message, known: Object.keys(known.args) }];
    }
    const problem = valueProblem(value, wanted);
    return problem === undefined
      ? []
      : [{ argument: name, message: `'${name}' of '${command}' ${problem}`, known: [] }];
  });
  return [...missing, ...wrong];
}

function valueProblem(value: StateValue, { type, unit, min, max, values }: Argument): string | undefined {
  const inUnit = unit === undefined ? '' : ` ${unit}`;
  if ((typeof value === 'string' ? 'text' : typeof value) !== type) return `is ${shown(value)}; it must be a ${type}`;
  if (values !== undefined && !values.includes(value))
    return `is ${shown(value)}; it must be one of ${values.join(', ')}`;
  if (typeof value !== 'number') return undefined;
  if (min !== undefined && value < min) return `is ${value}${inUnit}; at least ${min}${inUnit} may be sent`;
  if (max !== undefined && value > max) return `is ${value}${inUnit}; at most ${max}${inUnit} may be sent`;
  return undefined;
}

/** A person recognises a text by its beginning. */
function shown(value: StateValue): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
}

/** Which interlock of the command holds it back now; undefined where none does. */
export function interlockedBecause(
  { interlocks }: Pick<CommandModel, 'interlocks'>,
  stateOf: (name: string) => StateValue | undefined,
): string | undefined {
  for (const { state, is, because } of interlocks) {
    const now = stateOf(state);
    if (now === undefined) return `interlock: whether '${state}' is clear is not known`;
    if ([is].flat().includes(now))
      return `interlock: '${state}' is ${now}${because === undefined ? '' : ` (${because})`}`;
  }
  return undefined;
}
