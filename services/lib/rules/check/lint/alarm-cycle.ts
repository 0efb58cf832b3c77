// R015: rules that wait for each other by inhibitedBy or alarm: which of them is active would depend on who was asked first.
// Every rule of a cycle is refused, each with its own place in it.

import type { Path } from '../../language/expression.ts';
import { alarmsNamed, ownerOf } from './alarms-named.ts';
import type { SetLint, SetMember, SetRemark } from './lint.ts';

type Edge = { readonly to: string; readonly path: Path };

export const alarmCycle: SetLint = {
  code: 'R015',
  ofSet: (members) => {
    const byId = new Map(members.map((member) => [member.rule.id, member]));
    const edges = new Map(members.map((member) => [member.rule.id, edgesOf(member, byId)]));
    return cyclesIn(edges).flatMap((cycle) => {
      const inside = new Set(cycle);
      return cycle.flatMap((id): SetRemark[] => {
        const member = byId.get(id);
        const edge = edges.get(id)?.find(({ to }) => inside.has(to));
        if (member === undefined || edge === undefined) return [];
        const message =
          cycle.length === 1
            ? 'the rule waits for its own alarm, and would quiet or raise itself; name another rule'
            : `a cycle of alarms that wait for each other: ${told(cycle, id)}`;
        return [{ member, path: edge.path, message, level: 'error' }];
      });
    });
  },
};

const TOLD_MAX = 6;

/** The rules of the cycle, from this one on. */
function told(cycle: readonly string[], from: string): string {
  const others = cycle.filter((id) => id !== from);
  const more = others.length > TOLD_MAX ? [`${others.length - TOLD_MAX} more`] : [];
  return [from, ...others.slice(0, TOLD_MAX), ...more, from].join(', ');
}

/** What a rule waits for, among the rules that are there. */
function edgesOf({ rule }: SetMember, byId: ReadonlyMap<string, unknown>): Edge[] {
  return alarmsNamed(rule).flatMap(({ alarm, path }) => {
    const owner = byId.has(alarm) ? alarm : ownerOf(alarm);
    return byId.has(owner) ? [{ to: owner, path }] : [];
  });
}

type Visit = { readonly id: string; readonly edges: readonly Edge[]; next: number };

/** Strongly connected components of more than one rule, or of one that waits for itself (Tarjan), without recursion. */
function cyclesIn(graph: ReadonlyMap<string, readonly Edge[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const cycles: string[][] = [];
  const lower = (id: string, to: number | undefined) =>
    lowest.set(id, Math.min(lowest.get(id) ?? 0, to ?? Number.POSITIVE_INFINITY));
  const enter = (id: string): Visit => {
    order.set(id, order.size);
    lowest.set(id, order.size - 1);
    open.push(id);
    isOpen.add(id);
    return { id, edges: graph.get(id) ?? [], next: 0 };
  };
  const leave = ({ id, edges }: Visit) => {
    if (lowest.get(id) !== order.get(id)) return;
    const component = open.splice(open.lastIndexOf(id));
    for (const each of component) isOpen.delete(each);
    if (component.length > 1 || edges.some(({ to }) => to === id)) cycles.push(component);
  };
  for (const start of graph.keys()) {
    if (order.has(start)) continue;
    const visits = [enter(start)];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const edge = visit.edges[visit.next++];
      if (edge === undefined) {
        visits.pop();
        leave(visit);
        lower(visits.at(-1)?.id ?? visit.id, lowest.get(visit.id));
      } else if (!order.has(edge.to)) visits.push(enter(edge.to));
      else if (isOpen.has(edge.to)) lower(visit.id, order.get(edge.to));
    }
  }
  return cycles;
}
