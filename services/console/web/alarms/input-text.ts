// An input of a rule in words, as it stood when something was decided.

import type { InputSnapshot } from '#domain/alarm.ts';
import { formatAge, formatValue } from '../values/format.ts';

export function inputText([name, input]: readonly [string, InputSnapshot]): string {
  const value = input.quality === 'GOOD' ? formatValue(input.value, input.unit ?? null) : input.quality;
  const age = input.ageMs === null ? '' : ` (${formatAge(input.ageMs)})`;
  return name === input.metric ? `${name} = ${value}${age}` : `${name}: ${input.metric} = ${value}${age}`;
}
