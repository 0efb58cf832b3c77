// Held against a model of what mosquitto 2.0.11 does with its lines: a deny that matches comes first, then anything that grants.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { overlaps } from '#domain/access/filter.ts';
import { type Identity, SERVICE_USERS } from '#domain/access/identity.ts';
import { defaultGrants, type Grant } from '#domain/access/policy.ts';
import { Rights } from '#domain/access/rights.ts';
import { matchesFilter } from '#domain/topic.ts';
import { type MosquittoRights, mosquittoRights } from './mosquitto-rights.ts';

function mosquittoMay({ lines }: MosquittoRights, what: 'read' | 'write', topic: string): boolean {
  const matching = lines.flatMap((line) => {
    const [, access = '', filter = ''] = /^topic (\w+) (.*)$/.exec(line) ?? [];
    return matchesFilter(filter, topic) ? [access] : [];
  });
  return !matching.includes('deny') && (matching.includes(what) || matching.includes('readwrite'));
}

const LEVELS = ['a', 'b', '$s'] as const;
const topic = fc.array(fc.constantFrom(...LEVELS), { minLength: 1, maxLength: 3 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.constantFrom(...LEVELS, '+'), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([levels, isOpen]) => [...levels, ...(isOpen ? ['#'] : [])].join('/'));
const access = fc.constantFrom('read', 'write', 'deny read', 'deny write');
const grants: fc.Arbitrary<Grant[]> = fc.array(fc.record({ access, filter }) as fc.Arbitrary<Grant>, { maxLength: 5 });

describe('mosquittoRights()', () => {
  test('never grants what is not granted here, and takes nothing away without a note', () => {
    let granted = 0;
    fc.assert(
      fc.property(grants, topic, (given, at) => {
        const [here, there] = [new Rights(given), mosquittoRights(given)];
        const own = [here.mayReceive(at), here.mayPublish(at)];
        const theirs = [mosquittoMay(there, 'read', at), mosquittoMay(there, 'write', at)];
        // Reading is never given up.
        expect(theirs[0]).toBe(own[0]);
        if (there.notes.length === 0 && !at.startsWith('$')) expect(theirs[1]).toBe(own[1]);
        else expect(own[1] || !theirs[1] || at.startsWith('$')).toBe(true);
        if (theirs[1]) granted++;
      }),
      { numRuns: 5_000 },
    );
    expect(granted).toBeGreaterThan(100);
  });

  const users: Identity[] = [
    ...SERVICE_USERS.map((name): Identity => ({ kind: 'service', name, as: name })),
    ...(['viewer', 'operator', 'engineer', 'admin'] as const).map(
      (role): Identity => ({ kind: 'person', name: role, role }),
    ),
    { kind: 'device', name: 'lyon/tank-farm/t1' },
  ];

  test.each(users.map((user) => [user.kind === 'anonymous' ? '' : user.name, user] as const))(
    '%s has there what the policy gives; only the command line and the simulator write less',
    (name, user) => {
      expect(mosquittoRights(defaultGrants(user)).notes.length).toBe(name === 'cli' || name === 'simulator' ? 1 : 0);
    },
  );

  test('the command line may still publish again what a device said, of ours or a foreign one that is known', () => {
    const there = mosquittoRights(defaultGrants({ kind: 'service', name: 'cli', as: 'cli' }), [
      'home/+/+',
      'state/v1/#',
    ]);
    const may = (at: string) => [mosquittoMay(there, 'read', at), mosquittoMay(there, 'write', at)];
    expect(may('plant/v1/a/b/c/tele')).toEqual([true, true]);
    expect(may('spBv1.0/g/DDATA/n/d')).toEqual([true, true]);
    expect(may('home/kitchen/humidity')).toEqual([true, true]);
    expect(may('garage/door/state')).toEqual([true, false]);
    expect(may('state/v1/a/b/mode')).toEqual([true, false]);
    expect(may('alarm/v1/a/b/c/d')).toEqual([true, false]);
    expect(may('plant/v1/a/b/c/cmd')).toEqual([true, false]);
  });

  test('a deny that would take writing away says so', () => {
    const given: Grant[] = [
      { access: 'read', filter: '#' },
      { access: 'write', filter: 'a/b' },
      { access: 'deny read', filter: 'a/#' },
    ];
    expect(mosquittoRights(given)).toEqual({
      lines: ['topic deny a/#', 'topic read #', 'topic write a/b'],
      notes: ['may not write to a/# either, since it may not read there'],
    });
  });
});

test('overlaps() is true where some topic is matched by both', () => {
  fc.assert(
    fc.property(filter, filter, topic, (a, b, at) => {
      if (matchesFilter(a, at) && matchesFilter(b, at)) expect(overlaps(a, b)).toBe(true);
      expect(overlaps(a, b)).toBe(overlaps(b, a));
      expect(overlaps(a, a)).toBe(true);
    }),
    { numRuns: 5_000 },
  );
  expect(overlaps('a/#', 'a')).toBe(true);
  expect(overlaps('a/+', 'a')).toBe(false);
  expect(overlaps('+/b', 'a/+')).toBe(true);
  expect(overlaps('#', '$SYS/#')).toBe(false);
  expect(overlaps('a/b', 'a/c/#')).toBe(false);
});
