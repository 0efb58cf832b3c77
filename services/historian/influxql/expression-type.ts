// What type a column has before any sample is seen. It decides which functions refuse, and what a gap is filled with.

import type { Call, Expr, Ref } from './ast.ts';
import { isField } from './condition.ts';
import { isMath } from './evaluate.ts';
import { MATH } from './functions/math.ts';
import { aggregateOf, transformOf } from './functions/table.ts';
import { QueryError } from './query-error.ts';
import type { FieldType, StoredMeasurement } from './store.ts';

type Fields = Pick<StoredMeasurement, 'fields' | 'tagKeys'>;

/** Undefined where the measurement has nothing of that name. @throws QueryError where it calculates with what is no number */
export function typeOf(expr: Expr, measurement: Fields): FieldType | undefined {
  switch (expr.kind) {
    case 'number':
      return 'float';
    case 'integer':
    case 'string':
    case 'boolean':
      return expr.kind;
    case 'ref':
      return typeOfRef(expr, measurement);
    case 'call':
      return isMath(expr) ? typeOfMath(expr, measurement) : typeOfCall(expr, measurement);
    case 'binary':
      return typeOfArithmetic(expr.op, typeOf(expr.left, measurement), typeOf(expr.right, measurement));
    default:
      return undefined;
  }
}

const isNumber = (type: FieldType | undefined) => type === 'float' || type === 'integer';

export function typeOfRef(ref: Ref, measurement: Fields): FieldType | undefined {
  const { cast, name } = ref;
  if (!isField(ref, measurement)) return measurement.tagKeys().includes(name) ? 'string' : undefined;
  return cast === undefined || cast === 'field' || cast === 'tag' ? measurement.fields.get(name) : cast;
}

function typeOfCall(call: Call, measurement: Fields): FieldType | undefined {
  const [input] = call.args;
  const given = input === undefined ? undefined : typeOf(input, measurement);
  const gives = aggregateOf(call)?.gives ?? transformOf(call)?.gives;
  return gives === 'input' ? given : gives;
}

function typeOfMath(call: Call, measurement: Fields): FieldType | undefined {
  const [first] = call.args;
  return first !== undefined && MATH.get(call.name)?.keepsIntegers === true ? typeOf(first, measurement) : 'float';
}

function typeOfArithmetic(
  op: string,
  left: FieldType | undefined,
  right: FieldType | undefined,
): FieldType | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  if (!isNumber(left) || !isNumber(right)) {
    throw new QueryError(`type error: ${op}: incompatible types: ${left} and ${right}`);
  }
  return left === 'integer' && right === 'integer' && op !== '/' ? 'integer' : 'float';
}
