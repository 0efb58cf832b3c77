// Mosquitto's acl file, for rights beside the default policy: `user`, `topic`, `pattern` with %u and %c, `deny`. The form is
// mosquitto.conf(5)'s. Everything wrong is told at once with its line; a file with one mistake is refused as a whole.

import { filterProblem } from './filter.ts';
import { type Identity, isDeviceUserName, userNameOf } from './identity.ts';
import type { Access, Grant } from './policy.ts';

export type AclProblem = { readonly line: number; readonly column: number; readonly message: string };

type Rule = { readonly accesses: readonly Access[]; readonly filter: string };

export type Acl = {
  /** By user; '' for those before the first `user`, which are for who comes without a login. */
  readonly byUser: ReadonlyMap<string, readonly Rule[]>;
  /** For everybody, with %u and %c. */
  readonly patterns: readonly Rule[];
};

export const NO_ACL: Acl = { byUser: new Map(), patterns: [] };

const ACCESSES: Readonly<Record<string, readonly Access[]>> = {
  read: ['read'],
  write: ['write'],
  readwrite: ['read', 'write'],
  deny: ['deny read', 'deny write'],
};

/** A level with such a character would make a wildcard, or further levels, of what is put into a pattern. */
const UNSAFE_IN_PATTERN = /[+#/$\0]/;

export function parseAcl(text: string): Acl | AclProblem[] {
  const byUser = new Map<string, Rule[]>();
  const patterns: Rule[] = [];
  const problems: AclProblem[] = [];
  let user = '';
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const problem = (message: string, word = trimmed) =>
      problems.push({ line: i + 1, column: Math.max(0, line.indexOf(word)) + 1, message });
    const [, keyword = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(trimmed) ?? [];
    if (keyword === 'user') {
      user = rest;
      if (!isDeviceUserName(rest))
        problem(`'${rest}' cannot be a user: a name, site/area/device, or group/edge-node of Sparkplug`, rest);
    } else if (keyword === 'topic' || keyword === 'pattern') {
      const rule = parseRule(rest);
      if (typeof rule === 'string') problem(rule, rest);
      else if (keyword === 'pattern') patterns.push(rule);
      else byUser.set(user, [...(byUser.get(user) ?? []), rule]);
    } else problem(`'${keyword}' is none of user, topic, pattern`, keyword);
  }
  return problems.length > 0 ? problems : { byUser, patterns };
}

/** `[read|write|readwrite|deny] <filter>`; without the first word it is both, and a filter may hold spaces. */
function parseRule(text: string): Rule | string {
  const [, word = '', filter = ''] = /^(\S+)\s+(.*)$/.exec(text) ?? [];
  const accesses = ACCESSES[word];
  const wanted = accesses === undefined ? text : filter;
  const wrong = filterProblem(wanted);
  return wrong ?? { accesses: accesses ?? ['read', 'write'], filter: wanted };
}

/** What the file grants to this one. */
export function grantsOf({ byUser, patterns }: Acl, identity: Identity, clientId: string): Grant[] {
  const user = userNameOf(identity);
  const rules = [
    ...(byUser.get(user ?? '') ?? []),
    ...patterns.flatMap((rule) => filled(rule, { user, clientId }) ?? []),
  ];
  return rules.flatMap(({ accesses, filter }) => accesses.map((access) => ({ access, filter })));
}

/**
 * A pattern with its places filled in; undefined where it is not for this one, or would grant more than one level for one
 * place. A device of the plant is named by three levels, which were checked one by one.
 */
function filled(rule: Rule, { user, clientId }: { readonly user: string | undefined; readonly clientId: string }) {
  const isDeny = rule.accesses.includes('deny read');
  if (rule.filter.includes('%u') && (user === undefined || !isDeviceUserName(user))) return undefined;
  if (rule.filter.includes('%c') && !isDeny && (clientId === '' || UNSAFE_IN_PATTERN.test(clientId))) return undefined;
  return { ...rule, filter: rule.filter.replaceAll('%u', () => user ?? '').replaceAll('%c', () => clientId) };
}
