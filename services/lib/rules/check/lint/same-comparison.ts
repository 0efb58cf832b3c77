// R016: two rules that ask the same of the same devices: operators get two alarms for one cause. Rules are found by what they
// compare, so that the cost grows with the rules and not with their pairs. Rules in shadow are there to be compared with
// others and are left out.

import { parseDuration } from '#domain/duration.ts';
import type { Path } from '../../language/expression.ts';
import type { RuleFile } from '../../language/rule-schema.ts';
import { writtenLevels } from './level-places.ts';
import type { SetLint, SetMember, SetRemark } from './lint.ts';

/** Rules that ask the same, of which a further one is compared with so many at most. */
const COMPARED_MAX = 64;

export const sameComparison: SetLint = {
  code: 'R016',
  ofSet: (members) => {
    const known = new Map<string, SetMember[]>();
    return members.flatMap((member): SetRemark[] => {
      if (member.rule.isShadow) return [];
      const first = questionsOf(member.rule.source).flatMap(({ key, path }) => {
        const [looksAt, standsAt] = placesOf(member, key);
        const other = looksAt.flatMap((place) => known.get(place) ?? []).find((each) => isOverlapping(each, member));
        for (const place of standsAt) remember(known, place, member);
        return other === undefined ? [] : [{ other, path }];
      });
      return first.slice(0, 1).map(({ other, path }) => {
        const message = `rule '${other.rule.id}' in ${other.file} asks the same of the same devices`;
        return { member, path, message, level: 'warn' };
      });
    });
  },
};

/** Where rules that could overlap stand, and where this one does: thousands of rules, one for each device, never meet. */
function placesOf({ rule: { scope } }: SetMember, key: string): [looksAt: string[], standsAt: string[]] {
  const [all, open] = [`all ${key}`, `open ${key}`];
  if (scope.devices === undefined) return [[all], [all, open]];
  const listed = [...new Set(scope.devices)].map((device) => `device ${device} ${key}`);
  return [
    [open, ...listed],
    [all, ...listed],
  ];
}

function remember(known: Map<string, SetMember[]>, place: string, member: SetMember): void {
  const members = known.get(place) ?? [];
  if (members.length < COMPARED_MAX && !members.includes(member)) members.push(member);
  known.set(place, members);
}

function isOverlapping({ rule: { scope: a, id } }: SetMember, { rule: { scope: b, id: other } }: SetMember): boolean {
  if (id === other) return false;
  if (a.model !== undefined && b.model !== undefined && a.model !== b.model) return false;
  if (a.devices !== undefined && b.devices !== undefined && !a.devices.some((each) => b.devices?.includes(each)))
    return false;
  return Object.entries(a.labels ?? {}).every(([label, value]) => (b.labels?.[label] ?? value) === value);
}

/** Each limit of a rule in a form that is the same however its inputs and params are called. */
function questionsOf(file: RuleFile): { readonly key: string; readonly path: Path }[] {
  return writtenLevels(file).map(({ path, spec }) => ({
    key: JSON.stringify([file.groupBy, normal(spec.condition, file)]),
    path: [...path, 'condition'],
  }));
}

const MIRRORED: { readonly [operator: string]: string } = { '>': '<', '>=': '<=' };

function normal(raw: unknown, file: RuleFile): unknown {
  if (Array.isArray(raw)) return raw.map((each) => normal(each, file));
  if (typeof raw !== 'object' || raw === null) return raw;
  const [[operator = '', operand] = []] = Object.entries(raw);
  const [name] = Array.isArray(operand) ? operand : [operand];
  if (['var', 'age', 'online'].includes(operator)) return [operator, inputOf(file, name)];
  if (operator === 'param') return paramOf(file, name);
  const mirrored = Object.hasOwn(MIRRORED, operator) ? MIRRORED[operator] : undefined;
  if (mirrored === undefined || !Array.isArray(operand)) return [operator, normal(operand, file)];
  return [mirrored, normal(operand.toReversed(), file)];
}

/** `{ "online": [] }` is that of the only input. */
function inputOf({ inputs }: RuleFile, name: unknown): unknown {
  const spec =
    name === undefined
      ? Object.values(inputs)[0]
      : Object.hasOwn(inputs, String(name))
        ? inputs[String(name)]
        : undefined;
  if (spec === undefined) return name;
  const { metric, select, fn, window, per, unit } = spec;
  return [
    metric,
    Object.entries(select ?? {}).sort(),
    fn,
    parseDuration(window ?? '') ?? 0,
    parseDuration(per ?? '1s') ?? 0,
    unit,
  ];
}

function paramOf({ params }: RuleFile, name: unknown): unknown {
  const param = Object.hasOwn(params, String(name)) ? params[String(name)] : undefined;
  if (param === undefined) return name;
  return param.source === undefined ? param.default : [param.default, param.source];
}
