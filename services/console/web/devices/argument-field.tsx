// One argument of a command: what it takes is said beside it, and what is wrong below.

import type { ArgumentOffer } from '../../api/commands.ts';
import { texts } from '../texts.ts';
import { formatUnit } from '../values/format.ts';
import { exactly } from './command-order.ts';

export type ArgumentFieldProps = {
  readonly id: string;
  readonly argument: ArgumentOffer;
  readonly typed: string;
  readonly problem: string | undefined;
  readonly onInput: (text: string) => void;
};

export function ArgumentField({ id, argument, typed, problem, onInput }: ArgumentFieldProps) {
  const { name, isOptional, description } = argument;
  return (
    <div class="argument">
      <label for={id}>
        <bdi>{name}</bdi> {isOptional && <span class="hint">{texts.devices.commands.optional}</span>}
      </label>{' '}
      <Input id={id} argument={argument} typed={typed} problem={problem} onInput={onInput} />{' '}
      <span class="hint" id={`${id}-hint`}>
        <bdi>{[takes(argument), description ?? ''].filter((text) => text !== '').join('; ')}</bdi>
      </span>
      {problem !== undefined && (
        <p class="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function Input({ id, argument, typed, problem, onInput }: ArgumentFieldProps) {
  const { name, type } = argument;
  const shared = {
    id,
    value: typed,
    'data-testid': `argument-${name}`,
    'aria-invalid': problem !== undefined,
    'aria-describedby': problem === undefined ? `${id}-hint` : `${id}-hint ${id}-problem`,
  };
  const options = optionsOf(argument);
  if (options === null)
    return (
      <input
        {...shared}
        inputMode={type === 'number' ? 'decimal' : 'text'}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    );
  return (
    <select {...shared} onChange={(event) => onInput(event.currentTarget.value)}>
      <option value="">{texts.devices.commands.choose}</option>
      {options.map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </select>
  );
}

/** What there is to choose from; null where it is to be typed. */
function optionsOf({ type, values, unit }: ArgumentOffer): (readonly [value: string, word: string])[] | null {
  if (values !== null) return values.map((value, i) => [String(i), exactly(value, unit)]);
  const { on, off } = texts.devices.commands;
  const both: (readonly [string, string])[] = [
    ['true', on],
    ['false', off],
  ];
  return type === 'boolean' ? both : null;
}

function takes({ min, max, unit, values }: ArgumentOffer): string {
  if (values !== null) return '';
  const sign = formatUnit(unit);
  if (min === null && max === null) return sign;
  const edge = (value: number | null) => (value === null ? null : exactly(value, unit));
  return texts.devices.commands.range(edge(min), edge(max));
}
