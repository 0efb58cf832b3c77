// var, param, known, age, online, state, alarm: what a rule reads.

import { isName } from '#domain/name.ts';
import { formatUnit } from '#domain/unit.ts';
import { constantOf, type Expression, NEVER, type Operator, typeOf } from '../expression.ts';
import { formatValue } from '../format-value.ts';
import { isUnknown, type Operand, UNKNOWN } from '../operand.ts';

const soleName = (raw: unknown): unknown => (Array.isArray(raw) && raw.length === 1 ? raw[0] : raw);

function shown(value: Operand): string {
  return isUnknown(value) ? `unknown (${value.unknown})` : formatValue(value);
}

export const variable: Operator = {
  name: 'var',
  compile(raw, path, compiler) {
    const name = soleName(raw);
    const index = compiler.input(name, path);
    if (index === undefined) return undefined;
    const { metric, unit, type = 'any' } = compiler.inputWords(index);
    const evaluate: Expression['evaluate'] = (frame) => frame.inputs[index] ?? UNKNOWN.NEVER;
    return {
      parts: [],
      inputOf: index,
      type,
      evaluate,
      wakesAt: () => NEVER,
      describe: (frame) => {
        const value = evaluate(frame);
        const sign = unit === undefined || isUnknown(value) ? '' : ` ${formatUnit(unit)}`;
        return `${metric} ${shown(value)}${sign}`;
      },
      comparisons: [],
    };
  },
};

export const parameter: Operator = {
  name: 'param',
  compile(raw, path, compiler) {
    const name = soleName(raw);
    const index = compiler.param(name, path);
    if (index === undefined) return undefined;
    const evaluate: Expression['evaluate'] = (frame) => frame.params[index] ?? UNKNOWN.NEVER;
    return {
      parts: [],
      paramOf: index,
      type: typeOf(compiler.paramValue(index)),
      evaluate,
      wakesAt: () => NEVER,
      describe: (frame) => `${String(name)} ${shown(evaluate(frame))}`,
      comparisons: [],
    };
  },
};

export const known: Operator = {
  name: 'known',
  compile(raw, path, compiler) {
    const isList = Array.isArray(raw);
    if (isList && raw.length !== 1) return compiler.refuse(path, "'known' takes 1 operand");
    const operand = compiler.operand(isList ? raw[0] : raw, isList ? [...path, 0] : path);
    if (operand === undefined) return undefined;
    if (operand.constant !== undefined) return constantOf(true);
    return {
      parts: [operand],
      type: 'boolean',
      evaluate: (frame) => !isUnknown(operand.evaluate(frame)),
      wakesAt: operand.wakesAt,
      describe: (frame) => `known(${operand.describe(frame)})`,
      comparisons: [],
    };
  },
};

export const age: Operator = {
  name: 'age',
  compile(raw, path, compiler) {
    const name = soleName(raw);
    const index = compiler.input(name, path);
    if (index === undefined) return undefined;
    const { metric } = compiler.inputWords(index);
    const evaluate: Expression['evaluate'] = (frame) => (frame.at - (frame.sampledAt[index] ?? frame.at)) / 1_000;
    return {
      parts: [],
      type: 'number',
      evaluate,
      wakesAt: () => NEVER, // the comparison it stands in knows its limit
      describe: (frame) => `age of ${metric} ${formatValue(evaluate(frame) as number)} s`,
      comparisons: [],
      ageOf: index,
    };
  },
};

export const online: Operator = {
  name: 'online',
  compile(raw, path, compiler) {
    const isEmpty = Array.isArray(raw) && raw.length === 0;
    if (isEmpty && compiler.inputNames.length !== 1) {
      return compiler.refuse(path, `'online' must name an input here: one of ${compiler.inputNames.join(', ')}`);
    }
    const name = isEmpty ? compiler.inputNames[0] : soleName(raw);
    const index = compiler.input(name, path);
    if (index === undefined) return undefined;
    const { metric } = compiler.inputWords(index);
    const evaluate: Expression['evaluate'] = (frame) => frame.online(index);
    const words = (value: Operand) => (value === true ? 'online' : value === false ? 'offline' : shown(value));
    return {
      parts: [],
      type: 'boolean',
      evaluate,
      wakesAt: () => NEVER,
      describe: (frame) => `the device of ${metric} is ${words(evaluate(frame))}`,
      comparisons: [],
    };
  },
};

export const plantState: Operator = {
  name: 'state',
  compile(raw, path, compiler) {
    const name = soleName(raw);
    if (typeof name !== 'string' || !isName(name))
      return compiler.refuse(path, "'state' takes the name of a plant state");
    return {
      parts: [],
      stateOf: name,
      type: 'any',
      evaluate: (frame) => frame.plantState(name),
      wakesAt: () => NEVER,
      describe: (frame) => `${name} ${shown(frame.plantState(name))}`,
      comparisons: [],
    };
  },
};

export const alarm: Operator = {
  name: 'alarm',
  compile(raw, path, compiler) {
    const rule = soleName(raw);
    if (typeof rule !== 'string' || !isName(rule)) return compiler.refuse(path, "'alarm' takes the id of a rule");
    return {
      parts: [],
      alarmOf: rule,
      type: 'boolean',
      evaluate: (frame) => frame.alarm(rule),
      wakesAt: () => NEVER,
      describe: (frame) => `alarm ${rule} ${frame.alarm(rule) ? 'active' : 'not active'}`,
      comparisons: [],
    };
  },
};
