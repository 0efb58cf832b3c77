// R019: a name that no file of the plant knows. A device may come by itself and bring it, so it is a warning; much more often
// it is a typing error, and the rule would wait for its alarm for ever. Where nothing of a kind is written down, as in a
// plant whose devices all come by themselves, nothing is said of that kind.

import { nearestWord } from '#runtime/json-file.ts';
import type { Path } from '../../language/expression.ts';
import type { RuleFile, SelectSpec } from '../../language/rule-schema.ts';
import type { Facts, Lint, Remark } from './lint.ts';
import { NONE, type PlantNames } from './plant-names.ts';

export const unknownName: Lint = {
  code: 'R019',
  ofFile: (file, facts, plant) => [
    ...ofInputs(file, facts, plant),
    ...ofScope(file, plant),
    ...ofGroups(file, plant),
    ...ofActions(file, plant),
  ],
};

type Named = { readonly name: string; readonly path: Path; readonly says: string };

/** Looking for what was meant takes time with each name; in a plant of thousands the sentence alone must do. */
const KNOWN_MAX = 2_000;

function ofKnown(known: ReadonlySet<string>, { name, path, says }: Named): Remark[] {
  if (known.size === 0 || known.has(name)) return [];
  const suggestion = known.size > KNOWN_MAX ? undefined : nearestWord(name, [...known]);
  return [{ path, message: says, level: 'warn', ...(suggestion === undefined ? {} : { suggestion }) }];
}

function ofInputs({ inputs, scope }: RuleFile, facts: Facts, plant: PlantNames): Remark[] {
  return Object.entries(inputs).flatMap(([name, { metric, select }]) => {
    const path = ['inputs', name];
    // Of a model that is named R001 speaks.
    const isNamed = facts.get(name)?.model !== undefined || (select?.model ?? scope.model) !== undefined;
    const says = `no model has a metric '${metric}'`;
    return [
      ...(isNamed ? [] : ofKnown(plant.metrics, { name: metric, path: [...path, 'metric'], says })),
      ...ofSelect(select, [...path, 'select'], plant),
    ];
  });
}

function ofScope({ scope }: RuleFile, plant: PlantNames): Remark[] {
  return [
    ...(scope.devices ?? []).flatMap((name, i) => ofDevice(name, ['scope', 'devices', i], plant)),
    ...ofLabels(scope.labels, ['scope', 'labels'], plant),
  ];
}

function ofSelect(select: SelectSpec | undefined, path: Path, plant: PlantNames): Remark[] {
  if (select === undefined) return [];
  const { role, device, labels } = select;
  const roles = plant.attributes.get('role') ?? NONE;
  return [
    ...(role === undefined
      ? []
      : ofKnown(roles, { name: role, path: [...path, 'role'], says: `no device has the role '${role}'` })),
    ...(device === undefined ? [] : ofDevice(device, [...path, 'device'], plant)),
    ...ofLabels(labels, [...path, 'labels'], plant),
  ];
}

function ofDevice(name: string, path: Path, { devices }: PlantNames): Remark[] {
  return ofKnown(devices, { name, path, says: `no device is called '${name}'` });
}

function ofLabels(labels: RuleFile['scope']['labels'], path: Path, { attributes }: PlantNames): Remark[] {
  return Object.entries(labels ?? {}).flatMap(([name, value]) => {
    const unknown = ofKnown(new Set(attributes.keys()), {
      name,
      path: [...path, name],
      says: `no device has a label '${name}'`,
    });
    if (unknown.length > 0) return unknown;
    const says = `no device has '${name}' as '${value}'`;
    return ofKnown(attributes.get(name) ?? NONE, { name: value, path: [...path, name], says });
  });
}

/** What makes groups, and what must be equal in two alarms: attributes of devices; of the latter, labels of the rule too. */
function ofGroups({ groupBy, inhibitedBy, labels }: RuleFile, { attributes }: PlantNames): Remark[] {
  const known = new Set(attributes.keys());
  if (known.size === 0) return [];
  return [
    ...groupBy.flatMap((name, i) =>
      ofKnown(known, { name, path: ['groupBy', i], says: `no device has a label '${name}' to group by` }),
    ),
    ...inhibitedBy.flatMap(({ equal }, i) =>
      equal.flatMap((name, k) =>
        ofKnown(new Set([...known, 'rule', ...Object.keys(labels)]), {
          ...{ name, path: ['inhibitedBy', i, 'equal', k] },
          says: `neither a device nor this rule has a label '${name}', so it is never equal`,
        }),
      ),
    ),
  ];
}

function ofActions({ actions }: RuleFile, plant: PlantNames): Remark[] {
  const ofReceiver = (to: string, path: Path) =>
    ofKnown(plant.receivers, { name: to, path: [...path, 'to'], says: `no receiver is called '${to}'` });
  return actions.flatMap((action, i) => {
    const path = ['actions', i];
    if (action.type === 'notify') return ofReceiver(action.to, path);
    if (action.type !== 'command') return [];
    const { select, device } = action.target;
    return [
      ...ofSelect(select, [...path, 'target', 'select'], plant),
      ...(device === undefined ? [] : ofDevice(device, [...path, 'target', 'device'], plant)),
      ...action.onFailure.flatMap((each, k) =>
        each.type === 'notify' ? ofReceiver(each.to, [...path, 'onFailure', k]) : [],
      ),
    ];
  });
}
