// The operators of the language. A new one is its file, its test, and a row here.

import type { Operator } from '../expression.ts';
import { absolute, add, divide, maximum, minimum, multiply, subtract } from './arithmetic.ts';
import { between, equal, greater, greaterOrEqual, less, lessOrEqual, memberOf, notEqual } from './comparison.ts';
import { holdsFor } from './duration.ts';
import { and, atLeast, conditional, not, or } from './logic.ts';
import { age, alarm, known, online, parameter, plantState, variable } from './reference.ts';

export const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [
    ...[variable, parameter, known, age, online, plantState, alarm],
    ...[and, or, not, conditional, atLeast, holdsFor],
    ...[greater, greaterOrEqual, less, lessOrEqual, equal, notEqual, between, memberOf],
    ...[add, subtract, multiply, divide, minimum, maximum, absolute],
  ].map((operator) => [operator.name, operator]),
);
