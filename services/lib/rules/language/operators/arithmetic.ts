// + - * / min max abs: of numbers only. Any UNKNOWN operand gives UNKNOWN; so does a division by zero, and a result
// that is no finite number.

import { constantOf, earliest, type Operator, operandsOf, requireNoAge, requireType } from '../expression.ts';
import { isUnknown, type Operand, UNKNOWN } from '../operand.ts';

type Shape = { readonly min: number; readonly max: number; readonly compute: (values: readonly number[]) => number };

const MANY = Number.POSITIVE_INFINITY;

function arithmetic(name: string, { min, max, compute }: Shape): Operator {
  return {
    name,
    compile(raw, path, compiler) {
      const operands = operandsOf(raw, path, compiler, { name, min, max });
      if (operands === undefined) return undefined;
      const place = (i: number) => ({ path: [...path, i], name, compiler });
      if (!operands.every((each, i) => requireType(each, 'number', place(i)) && requireNoAge(each, place(i))))
        return undefined;
      const constants = operands.map((each) => each.constant);
      if (constants.every((each) => typeof each === 'number')) {
        const value = compute(constants);
        return Number.isFinite(value)
          ? constantOf(value)
          : compiler.refuse(path, `'${name}' of these numbers is no number`);
      }
      const values = new Array<number>(operands.length);
      return {
        parts: operands,
        type: 'number',
        evaluate(frame): Operand {
          for (let i = 0; i < operands.length; i++) {
            const value = operands[i]?.evaluate(frame) ?? UNKNOWN.TYPE;
            if (typeof value !== 'number') return isUnknown(value) ? value : UNKNOWN.TYPE;
            values[i] = value;
          }
          const result = compute(values);
          return Number.isFinite(result) ? result : UNKNOWN.DIVISION;
        },
        wakesAt: earliest(operands),
        describe: (frame) =>
          inWords(
            name,
            operands.map((each) => each.describe(frame)),
          ),
        comparisons: [],
      };
    },
  };
}

/** Signs between their operands, functions before them. */
function inWords(name: string, operands: readonly string[]): string {
  if (/^[a-z]/.test(name)) return `${name}(${operands.join(', ')})`;
  return operands.length === 1 ? `${name}${operands[0]}` : operands.join(` ${name} `);
}

export const add = arithmetic('+', { min: 1, max: MANY, compute: (v) => v.reduce((a, b) => a + b, 0) });
export const subtract = arithmetic('-', { min: 1, max: 2, compute: ([a = 0, b]) => (b === undefined ? -a : a - b) });
export const multiply = arithmetic('*', { min: 1, max: MANY, compute: (v) => v.reduce((a, b) => a * b, 1) });
export const divide = arithmetic('/', { min: 2, max: 2, compute: ([a = 0, b = 0]) => a / b });
export const minimum = arithmetic('min', { min: 1, max: MANY, compute: (v) => Math.min(...v) });
export const maximum = arithmetic('max', { min: 1, max: MANY, compute: (v) => Math.max(...v) });
export const absolute = arithmetic('abs', { min: 1, max: 1, compute: ([a = 0]) => Math.abs(a) });
