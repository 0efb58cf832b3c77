// The canonical order of keys: that of the schema, which is that of the zod schema; keys that it does not name follow as
// they were written. Where authors give the names (inputs, labels, a series' attributes) all keep their written order.

import { AS_WRITTEN, type KeyOrder } from './format-json.ts';
import type { Member } from './json-layout.ts';
import { type JsonSchema, resolveRef } from './json-schema.ts';

export function keyOrder(schema: JsonSchema, root: JsonSchema = schema): KeyOrder {
  const isOpen = schema.additionalProperties !== undefined && schema.additionalProperties !== false;
  const names = isOpen ? [] : Object.keys(schema.properties ?? {});
  const rank = (member: Member) => {
    const index = names.indexOf(nameOf(member));
    return index === -1 ? names.length : index;
  };
  return {
    sort: (members) => (names.length === 0 ? members : members.toSorted((a, b) => rank(a) - rank(b))),
    inside: (member) => {
      const inner = member.key === undefined ? schema.items : schemaOfKey(schema, nameOf(member));
      if (typeof inner !== 'object') return AS_WRITTEN;
      const chosen = choose(inner, member, root);
      return chosen === undefined ? AS_WRITTEN : keyOrder(chosen, root);
    },
  };
}

function schemaOfKey({ properties, additionalProperties }: JsonSchema, name: string): JsonSchema | boolean | undefined {
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
}

/** Of several shapes the one that the value was meant to be: no constant of it differs, and most of its keys are known. */
function choose(schema: JsonSchema, member: Member, root: JsonSchema): JsonSchema | undefined {
  const resolved = resolveRef(schema, root);
  const branches = resolved.anyOf ?? resolved.oneOf;
  if (branches === undefined) return resolved;
  const fits = branches
    .map((branch) => choose(branch, member, root))
    .filter((branch) => branch !== undefined)
    .map((branch) => ({ branch, score: scoreOf(branch, member) }))
    .filter(({ score }) => score > 0);
  return fits.sort((a, b) => b.score - a.score)[0]?.branch;
}

function scoreOf({ properties = {} }: JsonSchema, { value }: Member): number {
  if (value.kind !== 'object') return 0;
  let score = 0;
  for (const each of value.members) {
    const name = nameOf(each);
    if (!Object.hasOwn(properties, name)) continue;
    const constant = properties[name]?.const;
    if (constant !== undefined && each.value.kind === 'scalar' && each.value.text !== JSON.stringify(constant))
      return 0;
    score++;
  }
  return score;
}

function nameOf({ key }: Member): string {
  return key === undefined ? '' : (JSON.parse(key) as string);
}
