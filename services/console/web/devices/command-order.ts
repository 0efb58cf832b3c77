// From what stands in a form to a command's arguments, and the whole of it as a sentence. Pure; the server judges all the same.

import type { CommandArgs } from '#domain/command-life.ts';
import type { ArgumentOffer, CommandOffer } from '../../api/commands.ts';
import { texts } from '../texts.ts';
import { formatUnit } from '../values/format.ts';

/** What is typed, by argument; of those with a list of values, the place in it. */
export type Typed = { readonly [argument: string]: string };

export type CheckedArgs = {
  readonly args: CommandArgs;
  /** A sentence each, by argument. */
  readonly problems: { readonly [argument: string]: string };
};

export function checkArgs(offer: CommandOffer, typed: Typed): CheckedArgs {
  const args: Record<string, number | boolean | string> = {};
  const problems: Record<string, string> = {};
  for (const argument of offer.args) {
    const text = typed[argument.name] ?? '';
    if (text === '' && argument.isOptional) continue;
    const value = typedValue(argument, text);
    const problem = value === undefined ? wantedOf(argument) : rangeProblem(argument, value);
    if (problem !== undefined) problems[argument.name] = problem;
    else if (value !== undefined) args[argument.name] = value;
  }
  return { args, problems };
}

function wantedOf({ type, values }: ArgumentOffer): string {
  const { wanted } = texts.devices.commands;
  return wanted[values === null ? type : 'text'];
}

function typedValue({ type, values }: ArgumentOffer, text: string): number | boolean | string | undefined {
  if (values !== null) return text === '' ? undefined : values[Number(text)];
  if (type === 'text') return text;
  if (type === 'boolean') return text === '' ? undefined : text === 'true';
  const number = Number(text);
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number;
}

function rangeProblem({ min, max, unit }: ArgumentOffer, value: number | boolean | string): string | undefined {
  if (typeof value !== 'number') return undefined;
  const { below, above } = texts.devices.commands;
  if (min !== null && value < min) return below(exactly(min, unit));
  return max !== null && value > max ? above(exactly(max, unit)) : undefined;
}

/** `position 40 %, force On`. */
export function argsText(offer: Pick<CommandOffer, 'args'>, args: CommandArgs): string {
  const units = new Map(offer.args.map(({ name, unit }) => [name, unit]));
  return Object.entries(args)
    .map(([name, value]) => `${name} ${exactly(value, units.get(name) ?? null)}`)
    .join(', ');
}

/** With every digit: this is what will be sent. */
export function exactly(value: number | boolean | string, unit: string | null): string {
  if (typeof value === 'boolean') return value ? texts.values.on : texts.values.off;
  const sign = typeof value === 'number' ? formatUnit(unit) : '';
  return sign === '' ? String(value) : `${value}\u00a0${sign}`;
}
