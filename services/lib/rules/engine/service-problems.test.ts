import { describe, expect, it } from 'vitest';
import type { Problem, ServiceName, ServiceStatus } from '#domain/service.ts';
import { START } from '../testing/history.ts';
import { Engine } from './engine.ts';
import type { EngineOutput } from './inputs.ts';
import type { StateRow } from './snapshot.ts';

const DISK: Problem = { id: 'disk-space', text: 'the disk is 86 % full', priority: 'high' };
const ACCESS: Problem = { id: 'access-file', text: 'broker/access.json:3:1: not valid JSON' };
const AWAY = ' (as last said: the service is not there)';
const OFF_DELAY_MS = 10_000;

function open(saved?: readonly StateRow[], startedAt = START) {
  const engine = new Engine({ startedAt, ...(saved && { saved }) });
  const outputs: EngineOutput[] = [];
  let at = startedAt;
  const step = (input: Parameters<Engine['step']>[0]) => outputs.push(...engine.step(input));
  const says = (status: ServiceStatus['status'] | 'gone', problems?: readonly Problem[], id = 'broker') => {
    at += 1_000;
    const service: ServiceName = 'broker';
    step({ kind: 'service', service, id, status, ...(problems && { problems }), at });
  };
  const passes = (ms: number) => {
    at += ms;
    step({ kind: 'tick', at });
  };
  const events = (instance = 'broker.disk-space') =>
    outputs.flatMap((each) =>
      each.kind === 'journal' && each.entry.instance === instance ? [`${each.entry.event} ${each.entry.priority}`] : [],
    );
  const stateOf = (instance = 'broker.disk-space') =>
    engine.instances.get(`service-problem/penstock/pipeline/${instance}`)?.state;
  const reason = (instance?: string) => stateOf(instance)?.story?.reason;
  const notices = () => outputs.flatMap((each) => (each.kind === 'notice' ? [each.notice.event] : []));
  const messages = () => outputs.filter(({ kind }) => kind === 'alarm').length;
  const acknowledge = (instance: string) => {
    const alarm = { site: 'penstock', area: 'pipeline', rule: 'service-problem', instance };
    const operation = { op: 'ack', by: 'ann', episode: stateOf(instance)?.episode ?? 0 } as const;
    step({ kind: 'operation', alarm, operation, role: 'operator', isSigned: true, at });
  };
  return { engine, says, passes, events, stateOf, reason, notices, messages, acknowledge, at: () => at };
}

describe('what is wrong with a service', () => {
  it('is an alarm for as long as it lasts, one for each problem', () => {
    const { says, passes, events, reason } = open();
    says('up', []);
    says('up', [DISK, ACCESS]);
    expect([reason(), reason('broker.access-file')]).toEqual([DISK.text, ACCESS.text]);
    says('up', [ACCESS]);
    passes(OFF_DELAY_MS);
    expect(events()).toEqual(['ACTIVE high', 'RETURNED high']);
    expect(events('broker.access-file')).toEqual(['ACTIVE medium']);
  });

  it('calls once: another wording is shown, and a repeated status is nothing', () => {
    const { says, events, reason, messages, notices } = open();
    says('up', [DISK]);
    const before = messages();
    says('up', [DISK]);
    expect(messages()).toBe(before);
    says('up', [{ ...DISK, text: 'the disk is 87 % full' }]);
    expect([reason(), messages()]).toEqual(['the disk is 87 % full', before + 1]);
    expect([events(), notices()]).toEqual([['ACTIVE high'], ['ACTIVE']]);
  });

  it('calls again when it becomes more urgent, as a certificate does, and not when it becomes less', () => {
    const { says, passes, events, reason, notices } = open();
    const expires = (days: number, priority: Problem['priority']) =>
      says('up', [{ id: 'certificate', text: `expires in ${days} days`, ...(priority && { priority }) }]);
    expires(30, 'low');
    expires(7, 'high');
    expires(1, 'critical');
    expect(reason('broker.certificate')).toBe('expires in 1 days');
    expires(20, 'low');
    passes(OFF_DELAY_MS);
    expect(events('broker.certificate')).toEqual(['ACTIVE low', 'LEVEL high', 'LEVEL critical', 'LEVEL low']);
    expect(notices()).toEqual(['ACTIVE', 'LEVEL', 'LEVEL']);
    expect(reason('broker.certificate')).toBe('expires in 20 days');
  });

  it('does not end because the service does: the alarm stands, says so, and goes on in the same episode', () => {
    const { says, passes, events, reason, stateOf, acknowledge } = open();
    says('up', [DISK]);
    acknowledge('broker.disk-space');
    says('down');
    says('restarting');
    passes(3_600_000);
    expect(reason()).toBe(DISK.text + AWAY);
    says('up'); // it is starting, and has not looked yet
    expect(reason()).toBe(DISK.text + AWAY);
    says('up', [DISK]);
    expect([reason(), stateOf()?.episode, events()]).toEqual([DISK.text, 1, ['ACTIVE high', 'ACKED high']]);
    says('down');
    says('up', []);
    passes(OFF_DELAY_MS);
    expect(events()).toEqual(['ACTIVE high', 'ACKED high', 'RETURNED high']);
  });

  it('ends when the status is taken away because there is no such service any more', () => {
    const { says, passes, events } = open();
    says('up', [DISK], 'edge-1');
    says('up', [DISK], 'edge');
    says('down', undefined, 'edge-1');
    says('gone', undefined, 'edge-1');
    passes(OFF_DELAY_MS);
    expect(events('broker.edge-1.disk-space')).toEqual(['ACTIVE high', 'RETURNED high']);
    expect(events('broker.edge.disk-space')).toEqual(['ACTIVE high']);
  });

  it('that comes and goes is one alarm and one call', () => {
    const { says, passes, events, notices } = open();
    for (let i = 0; i < 1_000; i++) says('up', i % 2 === 0 ? [DISK] : []);
    expect([events(), notices()]).toEqual([['ACTIVE high'], ['ACTIVE']]);
    passes(OFF_DELAY_MS);
    expect(events()).toEqual(['ACTIVE high', 'RETURNED high']);
  });

  it('outlives a restart of the rules: nothing is told again, and what has gone meanwhile returns', () => {
    const first = open();
    first.says('up', [DISK, ACCESS]);
    const second = open(first.engine.takeChanged(), first.at());
    second.says('up', [DISK, ACCESS]);
    expect([second.events(), second.messages()]).toEqual([[], 0]);
    second.says('up', [DISK]);
    second.passes(OFF_DELAY_MS * 3);
    expect([second.events(), second.events('broker.access-file')]).toEqual([[], ['RETURNED medium']]);
  });

  it('of one replica is not that of another whose name it begins with, or that looks like it', () => {
    const { engine, says, passes } = open();
    const ids = [
      'a',
      'a.b',
      'a.b.c',
      'a-b',
      'broker',
      'x'.repeat(64),
      `y${'.'.repeat(40)}`,
      'constructor',
      '__proto__',
    ];
    for (const id of ids) says('up', [DISK], id);
    const active = () => [...engine.instances.values()].filter(({ state }) => state.active);
    expect(active()).toHaveLength(ids.length);
    for (const { name } of active()) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
    for (const [i, id] of ids.entries()) {
      says('up', [], id);
      passes(OFF_DELAY_MS);
      expect(active(), id).toHaveLength(ids.length - i - 1);
    }
  });

  it('takes no more room than there is: what is over makes room, what stands keeps its place, and the rest is counted', () => {
    const { engine, says, passes, stateOf, acknowledge } = open();
    const many = (prefix: string) =>
      Array.from({ length: 20 }, (_, i): Problem => ({ id: `${prefix}${i}`, text: 'x' }));
    for (let i = 0; i < 60; i++) says('up', many('p'), `edge-${i}`);
    expect([engine.instances.size, engine.problemsRefused]).toEqual([1_000, 200]);
    says('gone', undefined, 'edge-0');
    passes(OFF_DELAY_MS);
    says('up', [DISK]);
    expect(stateOf(), 'nobody has acknowledged those that are over').toBeUndefined();
    for (const { id } of many('p')) acknowledge(`broker.edge-0.${id}`);
    says('up', [DISK]);
    expect([stateOf()?.active, engine.instances.size]).toEqual([true, 981]);
  });
});
