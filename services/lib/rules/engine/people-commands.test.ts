// Commands that people send: judged and lived as those of alarms are.

import { describe, expect, it } from 'vitest';
import type { ReplyStatus } from '#domain/command.ts';
import { ALL_KEPT_MAX } from '#domain/command-life.ts';
import { hotAndClose, PlantScene } from '../testing/plant-scene.ts';
import { KEPT_MAX, SHOWN_MAX } from './people-commands.ts';

const VALVE = { model: 'shown-valve', role: 'inlet' };
const GUARDED = { model: 'guarded-valve', role: 'inlet' };
const DAY_MS = 86_400_000;

const withValve = (changes: object = {}) => new PlantScene().device('v', { ...VALVE, ...changes });
const position = { metric: 'position' };
const reasons = (scene: PlantScene) => scene.commandJournal.flatMap(({ reason }) => reason ?? []);

describe('a command of a person', () => {
  it('lives from SENT to VERIFIED, and all of it is told and journaled with who wanted it', () => {
    const scene = withValve().order('v', 'a', 1_000, { comment: 'night shift' });
    scene.answer('v', 'a', 'ACCEPTED', 1_200).value('v', 20, 2_000, position).answer('v', 'a', 'SUCCEEDED', 4_000);
    scene.value('v', 41.9, 5_000, position);
    expect(scene.lived).toEqual(['a SENT', 'a ACCEPTED', 'a SUCCEEDED', 'a VERIFIED']);
    expect(scene.outputs.find(({ kind }) => kind === 'command')).toMatchObject({
      device: { site: 'lyon', area: 'farm', device: 'v' },
      envelope: {
        cid: 'operator/lyon/farm/v/a',
        cmd: 'valve.set',
        args: { position: 40 },
        reply: 'plant/v1/lyon/farm/v/ack',
      },
    });
    expect(scene.livesOf('v')).toMatchObject([
      { status: 'VERIFIED', by: 'ana', comment: 'night shift', steps: [{}, {}, {}, { status: 'VERIFIED' }] },
    ]);
    expect(scene.commandJournal.map(({ seq, actor, command }) => [seq, actor, command])).toEqual(
      [1, 2, 3, 4].map((seq) => [seq, 'ana', 'valve.set']),
    );
  });

  it.each<[string, (scene: PlantScene) => PlantScene, string[]]>([
    ['of another value', (scene) => scene.value('v', 42.1, 5_000, position), []],
    ['of a bad sample', (scene) => scene.value('v', null, 5_000, position), []],
    ['of an uncertain sample', (scene) => scene.value('v', 40, 5_000, { ...position, isUncertain: true }), []],
    ['of a backfilled sample', (scene) => scene.value('v', 40, 5_000, { ...position, late: true }), []],
    ['of what was measured before', (scene) => scene.value('v', 40, 900, { ...position, lagMs: 4_000 }), []],
    ['of another device', (scene) => scene.device('w', VALVE).value('w', 40, 5_000, position), []],
    ['of another metric', (scene) => scene.value('v', 40, 5_000, { metric: 'inflow' }), []],
    ['of the value within its tolerance', (scene) => scene.value('v', 38, 5_000, position), ['a VERIFIED']],
  ])('is not verified because %s, but by the value in time', (_, happens, verified) => {
    const scene = withValve().order('v', 'a', 1_000).answer('v', 'a', 'ACCEPTED', 1_100);
    const ended = happens(scene).answer('v', 'a', 'SUCCEEDED', 6_000).tick(40_000);
    const end = verified.length === 0 ? ['a SUCCEEDED', 'a UNVERIFIED'] : verified;
    expect(ended.lived).toEqual(['a SENT', 'a ACCEPTED', ...end]);
    expect(ended.value('v', 40, 41_000, position).lived).toHaveLength(2 + end.length);
  });

  it('ends with SUCCEEDED where its model names nothing that shows it', () => {
    const scene = withValve().order('v', 'a', 1_000, { command: 'valve.hold', args: {} });
    scene.answer('v', 'a', 'SUCCEEDED', 2_000).tick(DAY_MS);
    expect([scene.lived, scene.livesOf('v')[0]?.verifies]).toEqual([['a SENT', 'a SUCCEEDED'], false]);
  });

  it.each<ReplyStatus>(['REJECTED', 'FAILED', 'EXPIRED'])('ends with the answer %s of its device', (status) => {
    const scene = withValve().order('v', 'a', 1_000).answer('v', 'a', status, 2_000).value('v', 40, 3_000, position);
    expect(scene.tick(DAY_MS).lived).toEqual(['a SENT', `a ${status}`]);
  });

  it('that nobody answers is sent again with the same id, and gives up', () => {
    const scene = withValve().order('v', 'a', 1_000).tick(20_000).tick(25_000).tick(30_000);
    expect(scene.sent).toEqual(Array.from({ length: 3 }, () => 'operator/lyon/farm/v/a'));
    expect(scene.lived).toEqual(['a SENT', 'a SENT', 'a SENT', 'a TIMEOUT']);
    expect(scene.tick(31_000).lived.at(-1)).toBe('a UNVERIFIED');
  });

  it('is carried out once, however often it comes', () => {
    const scene = withValve().order('v', 'a', 1_000).order('v', 'a', 1_000).order('v', 'a', 2_000, { by: 'bob' });
    scene.answer('v', 'a', 'SUCCEEDED', 3_000).order('v', 'a', 4_000).restart(5_000).order('v', 'a', 6_000);
    expect([scene.sent.length, scene.lived]).toEqual([1, ['a SENT', 'a SUCCEEDED']]);
  });

  it('is blocked by an interlock, also by one that nobody has said anything of, and stays so', () => {
    const scene = new PlantScene().device('v', GUARDED).order('v', 'a', 1_000);
    scene.state('maintenance', true, 2_000).order('v', 'b', 3_000).state('maintenance', false, 4_000);
    expect([scene.order('v', 'b', 5_000).sent, scene.lived]).toEqual([[], ['a BLOCKED', 'b BLOCKED']]);
    expect(reasons(scene)).toEqual([
      "interlock: whether 'maintenance' is clear is not known",
      "interlock: 'maintenance' is true (people are in the pit)",
    ]);
    expect(scene.order('v', 'c', 6_000).sent).toEqual(['operator/lyon/farm/v/c']);
  });

  it.each([
    [VALVE, { args: { position: 101 } }, "'position' of 'valve.set' is 101 %; at most 100 % may be sent"],
    [VALVE, { args: {} }, "command 'valve.set' of model shown-valve needs 'position'"],
    [VALVE, { command: 'constructor' }, "model shown-valve has no command 'constructor'"],
    [{ model: 'american' }, {}, 'model american describes no commands, so nobody knows what it obeys'],
    [{}, {}, 'no model describes this device, so nobody knows what it obeys'],
  ])('to %j is blocked where it does not fit: %j', (view, changes, reason) => {
    const scene = new PlantScene().device('v', view).order('v', 'a', 1_000, changes);
    expect([scene.sent, scene.lived, reasons(scene)]).toEqual([[], ['a BLOCKED'], [reason]]);
  });

  it('waits for a device that is away, and is sent when it is back; not later than it may', () => {
    const away = () => withValve({ online: false }).order('v', 'a', 1_000);
    const back = away().device('v', { ...VALVE, online: true }, 50_000);
    expect([away().sent, away().lived]).toEqual([[], ['a QUEUED']]);
    expect([back.sent.length, back.lived]).toEqual([1, ['a QUEUED', 'a SENT']]);
    const late = away()
      .tick(61_000)
      .device('v', { ...VALVE, online: true }, 62_000);
    expect([late.sent, late.lived]).toEqual([[], ['a QUEUED', 'a EXPIRED']]);
  });

  it('that waited is not sent where an interlock has closed meanwhile, nor sent again', () => {
    const waiting = new PlantScene().state('maintenance', false).device('v', { ...GUARDED, online: false });
    waiting
      .order('v', 'a', 1_000)
      .state('maintenance', true, 2_000)
      .device('v', { ...GUARDED, online: true }, 3_000);
    expect([waiting.sent, waiting.lived]).toEqual([[], ['a QUEUED', 'a BLOCKED']]);
    const unanswered = new PlantScene().state('maintenance', false).device('v', GUARDED).order('v', 'a', 1_000);
    expect(unanswered.state('maintenance', true, 2_000).tick(30_000).sent).toHaveLength(1);
  });

  it('replaces an older one that waits, of a person or of a rule, and is replaced by theirs', () => {
    const people = withValve({ online: false }).order('v', 'a', 1_000).order('v', 'b', 2_000, { by: 'bob' });
    expect(people.device('v', { ...VALVE, online: true }, 3_000).sent).toEqual(['operator/lyon/farm/v/b']);
    expect(reasons(people)).toContain('replaced by operator/lyon/farm/v/b');

    const away = { ...GUARDED, online: false };
    const ofRule = () =>
      new PlantScene(hotAndClose({ args: { position: 0 } })).state('maintenance', false).device('v', away);
    const first = ofRule().value('t', 90, 1_000).order('v', 'a', 2_000).device('v', GUARDED, 3_000);
    expect([first.statuses.at(-1), first.sent]).toEqual(['hot/t/1/close EXPIRED', ['operator/lyon/farm/v/a']]);
    const second = ofRule().order('v', 'a', 1_000).value('t', 90, 2_000).device('v', GUARDED, 3_000);
    expect([second.lived, second.sent]).toEqual([['a QUEUED', 'a EXPIRED'], ['hot/t/1/close']]);
    expect(second.livesOf('v')).toMatchObject([{ status: 'EXPIRED' }]);
  });

  it('takes nothing of the rate that a rule may send at', () => {
    const rule = hotAndClose({ rateLimit: { max: 1, per: '1h' } });
    const scene = new PlantScene(rule).state('maintenance', false).device('v', GUARDED);
    expect(scene.order('v', 'a', 1_000).value('t', 90, 2_000).sent).toHaveLength(2);
  });

  it('is refused, and journaled, where the role is too low, it is over already, or would wait too long', () => {
    const scene = withValve().order('v', 'a', 1_000, { role: 'viewer' });
    scene.order('v', 'b', 1_000, { waitMs: DAY_MS + 1 }).order('v', 'c', 1_000, { waitMs: 0 });
    expect([scene.sent, scene.lived]).toEqual([[], ['a REFUSED', 'b REFUSED', 'c EXPIRED']]);
    expect(reasons(scene)).toEqual([
      "the role 'viewer' may not send commands; it needs operator",
      'a command may wait for a day at most',
      'it came too late',
    ]);
    expect(scene.livesOf('v').map(({ cid }) => cid)).toEqual(['operator/lyon/farm/v/c']);
  });

  it('to a device that nobody knows does nothing at all', () => {
    const scene = new PlantScene().order('v', 'a', 1_000).value('w', 1, 2_000).order('w', 'a', 3_000);
    expect(scene.outputs.filter(({ kind }) => kind.startsWith('command'))).toEqual([]);
  });

  it('ends, and is shown no more, when its device is taken out of the registry', () => {
    const scene = withValve({ online: false }).order('v', 'a', 1_000).gone('v', 2_000);
    expect([scene.lived, scene.livesOf('v')]).toEqual([['a QUEUED', 'a EXPIRED'], []]);
    expect(scene.device('v', { ...VALVE, online: true }, 3_000).tick(DAY_MS).sent).toEqual([]);
  });

  it('is not carried out again where its device was taken out of the registry and is back', () => {
    const scene = withValve().order('v', 'a', 1_000).answer('v', 'a', 'SUCCEEDED', 2_000).gone('v', 3_000);
    scene.device('v', VALVE, 4_000).order('v', 'a', 1_000).restart(5_000).order('v', 'a', 1_000);
    expect(scene.sent).toHaveLength(1);
    expect(scene.order('v', 'b', 6_000).lived.at(-1)).toBe('b SENT');
  });

  it('is not known by the id of another device, and no answer of another device is its own', () => {
    const scene = withValve().device('w', VALVE).order('v', 'a', 1_000).order('w', 'a', 1_000);
    expect(scene.reply('w', 'operator/lyon/farm/v/a', 'FAILED', 2_000).lived).toEqual(['a SENT', 'a SENT']);
    expect(scene.sent).toEqual(['operator/lyon/farm/v/a', 'operator/lyon/farm/w/a']);
  });
});

describe('after a restart', () => {
  it('one that was answered meanwhile is not sent again: what waits in the broker comes first', () => {
    const scene = withValve().order('v', 'a', 1_000).restart(9_000).tick(9_100);
    scene.answer('v', 'a', 'ACCEPTED', 9_200).tick(30_000).value('v', 40, 30_500, position);
    expect([scene.sent.length, scene.lived]).toEqual([1, ['a SENT', 'a ACCEPTED', 'a VERIFIED']]);
  });

  it('one that nobody has answered is sent again while it has not expired', () => {
    const scene = withValve().order('v', 'a', 1_000).restart(9_000).tick(19_000);
    expect([scene.sent.length, scene.lived]).toEqual([2, ['a SENT', 'a SENT']]);
    const late = withValve().order('v', 'a', 1_000).restart(70_000).tick(80_000);
    expect([late.sent.length, late.lived]).toEqual([1, ['a SENT', 'a UNVERIFIED']]);
  });

  it('one that waited still does, and everything is told again', () => {
    const scene = withValve({ online: false }).order('v', 'a', 1_000).restart(2_000);
    expect(scene.engine.annunciated()).toMatchObject([{ kind: 'commands', commands: [{ status: 'QUEUED' }] }]);
    expect(scene.device('v', { ...VALVE, online: true }, 3_000).sent).toHaveLength(1);
  });

  it('with a clock of the past, one that waited for nobody knows how long moves nothing any more', () => {
    const scene = withValve({ online: false }).order('v', 'a', 100_000).restart(2_000);
    expect(scene.device('v', { ...VALVE, online: true }, 3_000).tick(20_000).sent).toEqual([]);
  });
});

describe('where the clock is set', () => {
  it('back, a command waits no longer than it would have', () => {
    const scene = withValve({ online: false }).order('v', 'a', 100_000).clockStep(101_000, 1_000);
    expect(scene.livesOf('v')).toMatchObject([{ askedAt: expect.any(Number), status: 'QUEUED' }]);
    expect(scene.tick(59_999).lived).toEqual(['a QUEUED']);
    expect(scene.tick(60_000).lived).toEqual(['a QUEUED', 'a EXPIRED']);
  });

  it('ahead, an answer is waited for as long as before', () => {
    const scene = withValve().order('v', 'a', 1_000).clockStep(2_000, 50_000).tick(53_000);
    expect([scene.sent.length, scene.tick(54_000).sent.length]).toEqual([1, 2]);
  });
});

describe('what is kept', () => {
  it('is bounded: the newest are shown, and a device gets no more while all of them are under way', () => {
    const scene = withValve();
    for (let i = 0; i < KEPT_MAX; i++) scene.order('v', `a${i}`, 1_000);
    scene.order('v', 'more', 1_000);
    expect([scene.sent.length, scene.livesOf('v').length]).toEqual([KEPT_MAX, SHOWN_MAX]);
    expect([scene.lived.at(-1), reasons(scene)]).toEqual([
      'more REFUSED',
      [`${KEPT_MAX} commands to this device are under way; wait for one of them`],
    ]);
    scene.answer('v', 'a7', 'REJECTED', 2_000).order('v', 'late', 2_000).order('v', 'later', 2_000);
    expect(scene.lived.slice(-2)).toEqual(['late SENT', 'later REFUSED']);
  });

  it('locks nobody out of a device by orders that are over and have not expired, nor sends one of them again', () => {
    const scene = withValve();
    const held = { command: 'valve.hold', args: {}, waitMs: DAY_MS };
    for (let i = 0; i < 3 * KEPT_MAX; i++)
      scene.order('v', `a${i}`, i * 600_000, held).answer('v', `a${i}`, 'SUCCEEDED', i * 600_000 + 1_000);
    expect([scene.sent.length, scene.lived.filter((each) => each.endsWith('REFUSED'))]).toEqual([3 * KEPT_MAX, []]);
    const now = 3 * KEPT_MAX * 600_000;
    for (const each of ['a0', 'a50', 'a95']) scene.order('v', each, now, held);
    scene.restart(now).order('v', 'a0', now, held).order('v', 'a50', now, held);
    expect(scene.sent).toHaveLength(3 * KEPT_MAX);
  });

  it('is bounded over all devices: what is over makes room, the oldest first, or there is none', () => {
    const scene = new PlantScene();
    const devices = Array.from({ length: Math.ceil(ALL_KEPT_MAX / KEPT_MAX) }, (_, i) => `v${i}`);
    for (const [i, device] of devices.entries()) {
      scene.device(device, VALVE);
      for (let n = 0; n < Math.min(KEPT_MAX, ALL_KEPT_MAX - i * KEPT_MAX); n++) scene.order(device, `a${n}`, 1_000 + i);
    }
    expect(scene.device('w', VALVE).order('w', 'a', 2_000).lived.at(-1)).toBe('a REFUSED');
    expect(reasons(scene).at(-1)).toContain(`${ALL_KEPT_MAX} commands of people`);
    scene.take();
    scene.answer('v0', 'a0', 'REJECTED', 2_000).order('w', 'b', 2_000).order('v0', 'a0', 2_000);
    expect(scene.sent).toEqual(['operator/lyon/farm/w/b']);
    expect(scene.order('w', 'c', 2_000).lived.at(-1)).toBe('c REFUSED');
  });

  it('of a device is one message that can be read, however long its texts are', () => {
    const scene = withValve();
    const args = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`a${i}`, '\u4e00'.repeat(256)]));
    for (let i = 0; i < SHOWN_MAX; i++) scene.order('v', `a${i}`, 1_000, { args, comment: '\u4e00'.repeat(2_000) });
    const lives = scene.livesOf('v');
    expect(Buffer.byteLength(JSON.stringify(lives))).toBeLessThan(128 * 1024);
    expect([lives.length > 2, lives[0]?.cid]).toEqual([true, 'operator/lyon/farm/v/a9']);
  });

  it('grows by no answer: a device that accepts again and again what has timed out is not heard', () => {
    const scene = withValve().order('v', 'a', 1_000, { command: 'valve.hold', args: {} });
    scene.answer('v', 'a', 'ACCEPTED', 1_500).tick(61_000);
    for (let i = 0; i < 50; i++) scene.answer('v', 'a', 'ACCEPTED', 61_000 + i * 10).tick(61_005 + i * 10);
    expect(scene.lived).toEqual(['a SENT', 'a ACCEPTED', 'a TIMEOUT']);
    expect(scene.answer('v', 'a', 'SUCCEEDED', 62_000).lived.at(-1)).toBe('a SUCCEEDED');
  });

  it('wants a metric for no longer than a command waits for it to show it done', () => {
    const scene = withValve();
    const wants = () => scene.engine.wantsMetric('position');
    expect([wants(), scene.order('v', 'a', 1_000) && wants(), scene.restart(2_000) && wants()]).toEqual([
      false,
      true,
      true,
    ]);
    expect(scene.value('v', 40, 3_000, position) && wants()).toBe(false);
  });
});
