// R002: a limit and a value that cannot be compared, because their units measure different things or nobody converts
// between them. What the units of inputs make impossible for a param is found when the rule is compiled.

import { isUcum } from '#domain/ucum.ts';
import { converter, KNOWN_UNITS } from '#rules/language/units.ts';
import { nearestWord } from '#runtime/json-file.ts';
import type { CompiledRule } from '../../language/compile-rule.ts';
import { type Expression, type Path, walk } from '../../language/expression.ts';
import type { InputSpec, RuleFile } from '../../language/rule-schema.ts';
import { placedLevels } from './level-places.ts';
import type { Facts, Lint, Remark } from './lint.ts';
import type { MetricFacts } from './metric-facts.ts';
import { paramName } from './possible.ts';

/** As people write them, and as UCUM does. */
const SPOKEN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ degC: 'Cel', '°C': 'Cel', C: 'Cel', celsius: 'Cel', degF: '[degF]', '°F': '[degF]', F: '[degF]', kelvin: 'K' },
    ...{ psi: '[psi]', PSI: '[psi]', rpm: '{rpm}', ppm: '[ppm]', ppb: '[ppb]', percent: '%', pct: '%' },
    ...{ 'm³/h': 'm3/h', 'm^3/h': 'm3/h', 'm³': 'm3', 'm^3': 'm3', 'm/s²': 'm/s2', 'm/s^2': 'm/s2' },
    ...{ sec: 's', second: 's', minutes: 'min', hours: 'h', kWh: 'kW.h', Nm: 'N.m', ohm: 'Ohm', lb: '[lb_av]' },
    ...{ ft: '[ft_i]', in: '[in_i]', gal: '[gal_us]', lpm: 'L/min' },
  }),
);

export const unitMismatch: Lint = {
  code: 'R002',
  ofFile: (file, facts) => [
    ...Object.entries(file.inputs).flatMap(([name, input]) => ofInput(name, input, facts.get(name))),
    ...Object.entries(file.params).flatMap(([name, { unit = '1' }]) =>
      unitsIn(facts).has(unit) ? [] : ofCode(unit, ['params', name, 'unit']),
    ),
  ],
  // What a clear condition is derived from has been looked at.
  ofRule: (rule, facts) =>
    placedLevels(rule)
      .flatMap(({ level, spec }) => [
        level.condition,
        ...(spec.clearCondition === undefined ? [] : [level.clearCondition]),
      ])
      .flatMap((each) => [...walk(each)].flatMap((part) => ofComparison(part, rule, facts))),
};

/** The unit that the values of an input are wanted in, against the unit that they come in. */
function ofInput(name: string, { unit, metric }: InputSpec, facts: MetricFacts | undefined): Remark[] {
  if (unit === undefined) return [];
  const path = ['inputs', name, 'unit'];
  const units = (facts?.metrics ?? []).flatMap((each) => each.unit ?? []);
  const isKnown = KNOWN_UNITS.includes(unit) || units.includes(unit);
  const hint = isKnown ? {} : suggestionFor(unit, units);
  if (units.length > 0 && units.every((each) => converter(each, unit) === undefined)) {
    const message = `${metric} comes in ${[...new Set(units)].join(' or ')}, which cannot be converted to '${unit}'`;
    return [{ path, message, level: isSure(facts) ? 'error' : 'warn', ...hint }];
  }
  return isKnown ? [] : ofCode(unit, path);
}

/** Whichever of the models its device is of, the value measures the same. */
function isSure(facts: MetricFacts | undefined): boolean {
  const [first = '', ...others] = (facts?.metrics ?? []).map(({ unit = '' }) => unit);
  return facts?.isCertain === true || others.every((each) => converter(first, each) !== undefined);
}

/** Whatever a model says is a unit is one. */
function unitsIn(facts: Facts): Set<string> {
  return new Set([...facts.values()].flatMap(({ metrics }) => metrics.flatMap(({ unit }) => unit ?? [])));
}

/** What is no unit at all is a slip of the pen; what people say may, by chance, be another unit: `C` is a coulomb. */
function ofCode(unit: string, path: Path): Remark[] {
  if (KNOWN_UNITS.includes(unit)) return [];
  if (!isUcum(unit)) {
    const hint = suggestionFor(unit, []);
    const way = 'suggestion' in hint ? '' : `; a unit of your own is written {${unit.replace(/[{}]/g, '')}}`;
    return [{ path, message: `'${unit}' is no UCUM code${way}`, level: 'error', ...hint }];
  }
  const suggestion = SPOKEN.get(unit);
  if (suggestion === undefined) return [];
  const message = `'${unit}' is no UCUM code that can be converted; values in another unit will be UNKNOWN`;
  return [{ path, message, level: 'warn', suggestion }];
}

function suggestionFor(unit: string, units: readonly string[]): { readonly suggestion?: string } {
  const known = [...units, ...KNOWN_UNITS];
  const suggestion = SPOKEN.get(unit) ?? SPOKEN.get(unit.toLowerCase()) ?? nearestWord(unit, known);
  return suggestion === undefined ? {} : { suggestion };
}

const COMPARISONS = new Set(['>', '>=', '<', '<=', '==', '!=', 'between']);
/** Of these the result is in the unit of the samples. */
const SAME_UNIT = new Set(['last', 'min', 'max', 'avg']);

/** A param that stands beside an input and is in another unit than it. */
function ofComparison(comparison: Expression, rule: CompiledRule, facts: Facts): Remark[] {
  if (!COMPARISONS.has(comparison.name)) return [];
  const input = comparison.parts.find(({ inputOf }) => inputOf !== undefined)?.inputOf;
  const name = input === undefined ? undefined : rule.inputs[input]?.name;
  if (name === undefined) return [];
  const spec = rule.source.inputs[name];
  if (spec === undefined || !SAME_UNIT.has(spec.fn)) return [];
  const unit = spec.unit ?? modelUnit(facts.get(name));
  if (unit === undefined) return [];
  return comparison.parts.flatMap((part): Remark[] => {
    const param = part.name === 'param' ? namedParam(rule.source, part) : undefined;
    if (param?.unit === undefined || isComparable(rule.source, param, unit)) return [];
    const message = `param '${param.name}' is in ${param.unit} and is compared with '${name}' in ${unit}, and nobody converts it`;
    return [{ path: part.path, message, level: 'error' }];
  });
}

function modelUnit(facts: MetricFacts | undefined): string | undefined {
  const [metric] = facts?.metrics ?? [];
  return facts?.isCertain === true ? metric?.unit : undefined;
}

type NamedParam = { readonly name: string; readonly unit: string | undefined };

function namedParam(file: RuleFile, expression: Expression): NamedParam | undefined {
  const name = paramName(file, expression);
  if (name === undefined || !Object.hasOwn(file.params, name)) return undefined;
  return { name, unit: file.params[name]?.unit };
}

/** A param in a unit that no input has is converted when the rule is compiled, to the only one that it can be. */
function isComparable({ inputs }: RuleFile, { unit = '' }: NamedParam, wanted: string): boolean {
  if (unit === wanted) return true;
  const units = new Set(Object.values(inputs).flatMap((each) => each.unit ?? []));
  return units.size > 0 && !units.has(unit) && converter(unit, wanted) !== undefined;
}
