// The life of a command as the page of the rule language has it: who may let it go, when it is not sent after all, and what
// counts as proof that the plant did it.

import { describe, expect, it } from 'vitest';
import type { ReplyStatus } from '#domain/command.ts';
import { hotAndClose, PlantScene, temp } from '../testing/plant-scene.ts';

describe('commands', () => {
  it('one that a newer alarm replaces is journaled where it belongs, and stays replaced after a restart', () => {
    const scene = new PlantScene(hotAndClose(), hotAndClose({}, { id: 'hotter' }));
    scene.device('v', { role: 'inlet', online: false }).value('t', 90, 1_000);
    const [replaced] = scene.journal.filter(({ command }) => command?.status === 'EXPIRED');
    expect(replaced).toMatchObject({ rule: 'hot', alarmId: 'hot/lyon/farm/t/1', command: { cid: 'hot/t/1/close' } });
    scene.restart(2_000).device('v', { role: 'inlet', online: true }, 3_000).value('t', 91, 4_000);
    expect(scene.sent).toEqual(['hotter/t/1/close']);
  });

  it('one that waited for its device is not sent where it is not permitted any more', () => {
    const scene = new PlantScene(hotAndClose({ permitWhen: { '==': [{ state: 'mode' }, 'auto'] } })).state(
      'mode',
      'auto',
    );
    scene.device('v', { role: 'inlet', online: false }).value('t', 90, 1_000).state('mode', 'manual', 2_000);
    scene.device('v', { role: 'inlet', online: true }, 3_000).value('t', 91, 4_000);
    expect([scene.sent, scene.statuses.at(-1)]).toEqual([[], 'hot/t/1/close BLOCKED']);
  });

  it('one that nobody answers is not sent again where it is not permitted any more', () => {
    const permitWhen = { '==': [{ state: 'mode' }, 'auto'] };
    const scene = new PlantScene(hotAndClose({ permitWhen, ack: { accept: '3s', complete: '9s', retries: 5 } }));
    scene.state('mode', 'auto').device('v', { role: 'inlet' }).value('t', 90, 1_000).state('mode', 'manual', 2_000);
    expect([scene.tick(30_000).sent.length, scene.statuses.at(-1)]).toEqual([1, 'hot/t/1/close TIMEOUT']);
  });

  describe('to a device whose model says what it obeys', () => {
    const valve = { role: 'inlet', model: 'guarded-valve' };
    const reasons = (scene: PlantScene) => scene.journal.flatMap(({ command }) => command?.reason ?? []);

    it('are blocked by an interlock, also by one that nobody has said anything of', () => {
      const unknown = new PlantScene(hotAndClose()).device('v', valve).value('t', 90, 1_000);
      expect([unknown.sent, reasons(unknown)]).toEqual([
        [],
        ["interlock: whether 'maintenance' is clear is not known"],
      ]);
      const held = new PlantScene(hotAndClose()).state('maintenance', true).device('v', valve).value('t', 90, 1_000);
      expect([held.sent, reasons(held)]).toEqual([[], ["interlock: 'maintenance' is true (people are in the pit)"]]);
      const clear = new PlantScene(hotAndClose()).state('maintenance', false).device('v', valve).value('t', 90, 1_000);
      expect(clear.sent).toEqual(['hot/t/1/close']);
    });

    it('are not sent after all where an interlock has closed while they waited, or were not answered', () => {
      const ack = { accept: '3s', complete: '9s', retries: 5 };
      const waiting = new PlantScene(hotAndClose())
        .state('maintenance', false)
        .device('v', { ...valve, online: false });
      waiting
        .value('t', 90, 1_000)
        .state('maintenance', true, 2_000)
        .device('v', { ...valve, online: true }, 3_000);
      expect(waiting.value('t', 91, 4_000).sent).toEqual([]);
      const unanswered = new PlantScene(hotAndClose({ ack })).state('maintenance', false).device('v', valve);
      expect(unanswered.value('t', 90, 1_000).state('maintenance', true, 2_000).tick(30_000).sent).toHaveLength(1);
    });

    it.each([
      [{ args: { position: 101 } }, "'position' of 'valve.set' is 101; at most 100 may be sent"],
      [{ args: { speed: 1 } }, "command 'valve.set' of model guarded-valve has no 'speed'"],
      [{ command: 'valve.open' }, "model guarded-valve has no command 'valve.open'"],
    ])('are blocked where they do not fit: %j', (change, reason) => {
      const scene = new PlantScene(hotAndClose(change))
        .state('maintenance', false)
        .device('v', valve)
        .value('t', 90, 1_000);
      expect([scene.sent, reasons(scene)]).toEqual([[], [reason]]);
    });
  });

  it('the limit of their rate counts commands and not how often one was sent', () => {
    const rule = hotAndClose({ rateLimit: { max: 2, per: '1h' }, ack: { accept: '1s', complete: '9s', retries: 3 } });
    const scene = new PlantScene(rule).device('v', { role: 'inlet' }).value('t', 90, 1_000).tick(8_000);
    expect(scene.value('t', 20, 9_000).value('t', 90, 10_000).sent.at(-1)).toBe('hot/t/2/close');
    expect(scene.value('t', 20, 20_000).value('t', 90, 21_000).statuses.at(-1)).toBe('hot/t/3/close BLOCKED');
  });

  it('the limit of their rate also counts beyond a hundred', () => {
    const rule = hotAndClose({ rateLimit: { max: 150, per: '1h' } }, { ackRequired: false });
    const scene = new PlantScene(rule).device('v', { role: 'inlet' });
    for (let i = 0; i < 160; i++) scene.value('t', 90, i * 2_000).value('t', 20, i * 2_000 + 1_000);
    expect(scene.sent).toHaveLength(150);
    expect(scene.statuses.filter((each) => each.endsWith('BLOCKED'))).toHaveLength(10);
  });

  it('have an end in the journal when a new episode begins, and none of them is a failure', () => {
    const onFailure = [{ type: 'notify', to: 'shift' }];
    const ack = { accept: '20s', complete: '20s' };
    const scene = new PlantScene(hotAndClose({ onFailure, ack })).device('v', { role: 'inlet' });
    scene.value('t', 90, 1_000).value('t', 20, 2_000).value('t', 90, 3_000);
    expect(scene.statuses).toEqual(['hot/t/1/close SENT', 'hot/t/1/close TIMEOUT', 'hot/t/2/close SENT']);
    const [, ended] = scene.journal.filter(({ command }) => command !== undefined);
    expect(ended?.command?.reason).toBe('a new episode has begun');
    expect(scene.told).not.toContain('COMMAND');
  });

  it.each<[status: ReplyStatus, end: string]>([
    ['ACCEPTED', 'TIMEOUT'],
    ['SUCCEEDED', 'UNVERIFIED'],
  ])('%s: ends as %s when a new episode begins', (status, end) => {
    const scene = verified().value('t', 90, 1_000).reply('v', 'hot/t/1/close', status, 2_000);
    scene.value('t', 20, 3_000).value('t', 90, 4_000);
    expect(scene.statuses.at(-2)).toBe(`hot/t/1/close ${end}`);
  });

  it('that succeeded, and of which no proof is asked, have their end already', () => {
    const scene = new PlantScene(hotAndClose()).device('v', { role: 'inlet' }).value('t', 90, 1_000);
    scene.reply('v', 'hot/t/1/close', 'SUCCEEDED', 2_000).value('t', 20, 3_000).value('t', 90, 4_000);
    expect(scene.statuses).toEqual(['hot/t/1/close SENT', 'hot/t/1/close SUCCEEDED', 'hot/t/2/close SENT']);
  });

  it('end with their alarm when its rule is taken away', () => {
    const scene = new PlantScene(hotAndClose()).device('v', { role: 'inlet' }).value('t', 90, 1_000).reload(2_000);
    expect(scene.statuses).toEqual(['hot/t/1/close SENT', 'hot/t/1/close TIMEOUT']);
  });

  it('the limit of their rate holds over the alarms of several rules', () => {
    const limited = { rateLimit: { max: 1, per: '1h' } };
    const scene = new PlantScene(hotAndClose(limited), hotAndClose(limited, { id: 'hotter' })).device('v', {
      role: 'inlet',
    });
    expect(scene.value('t', 90, 1_000).statuses).toEqual(['hot/t/1/close SENT', 'hotter/t/1/close BLOCKED']);
  });

  const verify = { condition: { '<': [{ var: 'position' }, 5] }, within: '30s' };
  const verified = () => {
    const inputs = { temp, position: { metric: 'position', select: { role: 'inlet' }, maxAge: '60s' } };
    const onFailure = [{ type: 'notify', to: 'shift' }];
    const ack = { accept: '20s', complete: '20s' };
    const scene = new PlantScene(hotAndClose({ verify, onFailure, ack }, { inputs, groupBy: ['line'] }));
    return scene.device('t', { labels: { line: 't' } }).device('v', { role: 'inlet', labels: { line: 't' } });
  };

  it('are not verified by what was measured before they were sent, however late it came', () => {
    const scene = verified()
      .value('v', 0, 0, { metric: 'position', lagMs: 8_000 })
      .value('t', 90, 2_000, { lagMs: 8_000 });
    scene.value('t', 91, 4_000, { lagMs: 8_000 }).value('v', 0, 9_500, { metric: 'position', lagMs: 8_000 });
    expect(scene.statuses).toEqual(['hot/t/1/close SENT']);
    scene.value('v', 0, 10_500, { metric: 'position', lagMs: 8_000 });
    expect(scene.statuses).toEqual(['hot/t/1/close SENT', 'hot/t/1/close VERIFIED']);
  });

  it('are told of as failed once: an answer after the time-out is journaled, and the plant has the last word', () => {
    const scene = verified().value('v', 90, 500, { metric: 'position' }).value('t', 90, 1_000).tick(21_000);
    scene.reply('v', 'hot/t/1/close', 'SUCCEEDED', 22_000).tick(31_000);
    expect(scene.statuses.map((text) => text.split(' ')[1])).toEqual(['SENT', 'TIMEOUT', 'SUCCEEDED', 'UNVERIFIED']);
  });

  it('grow no journal where a device accepts again and again what has timed out', () => {
    const scene = new PlantScene(hotAndClose()).device('v', { role: 'inlet' }).value('t', 90, 1_000);
    scene.reply('v', 'hot/t/1/close', 'ACCEPTED', 2_000).tick(11_000);
    for (let i = 0; i < 50; i++) scene.reply('v', 'hot/t/1/close', 'ACCEPTED', 11_000 + i * 10).tick(11_005 + i * 10);
    expect(scene.statuses.map((text) => text.split(' ')[1])).toEqual(['SENT', 'ACCEPTED', 'TIMEOUT']);
  });

  it('that timed out unanswered are accepted late, while they may still be done', () => {
    const scene = new PlantScene(hotAndClose()).device('v', { role: 'inlet' }).value('t', 90, 1_000).tick(4_000);
    scene.reply('v', 'hot/t/1/close', 'ACCEPTED', 5_000).tick(11_000);
    expect(scene.statuses.map((text) => text.split(' ')[1])).toEqual(['SENT', 'TIMEOUT', 'ACCEPTED', 'TIMEOUT']);
  });

  it('are approved by a signed operation and in time only', () => {
    const waiting = () =>
      new PlantScene(hotAndClose({ approval: 'operator' })).device('v', { role: 'inlet' }).value('t', 90, 0);
    const unsigned = waiting().operate('approve', 1_000, { isSigned: false });
    expect([unsigned.sent, unsigned.events.at(-1)]).toEqual([[], 'hot/t REFUSED']);
    const late = waiting().operate('approve', 60_000);
    expect([late.sent, late.events.at(-1)]).toEqual([[], 'hot/t REFUSED']);
    expect(late.statuses).toEqual(['hot/t/1/close AWAITING_APPROVAL', 'hot/t/1/close EXPIRED']);
    const twice = waiting().operate('approve', 1_000).operate('approve', 2_000);
    expect(twice.sent).toEqual(['hot/t/1/close']);
  });

  it('of a rule over a whole site find their device and hear its answer', () => {
    const rule = hotAndClose({ target: { select: { role: 'inlet' } } }, { span: 'site', groupBy: ['line'] });
    const scene = new PlantScene(rule).device('t', { labels: { line: 'L1' } });
    scene.device('v', { role: 'inlet', labels: { line: 'L1' } }).value('t', 90, 1_000);
    scene.reply('v', 'hot/L1/1/close', 'ACCEPTED', 2_000);
    expect(scene.statuses).toEqual(['hot/L1/1/close SENT', 'hot/L1/1/close ACCEPTED']);
  });

  it('one that waited is sent when its device is back, though nothing is measured any more', () => {
    const scene = new PlantScene(hotAndClose()).device('v', { role: 'inlet', online: false }).value('t', 90, 1_000);
    expect(scene.device('v', { role: 'inlet', online: true }, 5_000).sent).toEqual(['hot/t/1/close']);
  });

  it('one that waited is not sent after its alarm has returned or its time is over', () => {
    const away = () =>
      new PlantScene(hotAndClose()).device('v', { role: 'inlet', online: false }).value('t', 90, 1_000);
    const back = { role: 'inlet', online: true };
    expect(away().value('t', 20, 2_000).device('v', back, 3_000).value('t', 21, 4_000).sent).toEqual([]);
    expect(away().device('v', back, 61_000).value('t', 91, 62_000).sent).toEqual([]);
  });

  it('are asked for under no overlay, unless their action says so', () => {
    const shelved = (changes: object) =>
      new PlantScene(hotAndClose(changes)).device('v', { role: 'inlet' }).value('t', 20, 0).operate('shelve', 1_000);
    expect(shelved({}).value('t', 90, 2_000).sent).toEqual([]);
    expect(shelved({ evenIfSuppressed: true }).value('t', 90, 2_000).sent).toEqual(['hot/t/1/close']);
  });

  it.each<[on: string, happens: (scene: PlantScene) => PlantScene]>([
    ['ack', (scene) => scene.operate('ack', 2_000)],
    ['clear', (scene) => scene.value('t', 20, 2_000)],
    ['shelve', (scene) => scene.operate('shelve', 2_000)],
    ['unshelve', (scene) => scene.operate('shelve', 2_000).operate('unshelve', 3_000)],
  ])('are sent on %s, once', (on, happens) => {
    const scene = new PlantScene(hotAndClose({ on: [on] })).device('v', { role: 'inlet' }).value('t', 90, 1_000);
    expect(scene.sent).toEqual([]);
    expect(happens(scene).tick(4_000).sent).toEqual(['hot/t/1/close']);
  });
});
