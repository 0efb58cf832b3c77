import { describe, expect, it } from 'vitest';
import type { DeviceLink, LinkEvents } from './device-link.ts';
import type { SimulatedDevice } from './devices.ts';
import { SILENT_DEVICE } from './episodes.ts';
import type { Outgoing } from './payload.ts';
import { Simulation } from './simulation.ts';

const START = 1_767_225_600_000;

/** A link that writes down what it is given, with plant time. */
class FakeLink implements DeviceLink {
  isConnected = true;
  readonly droppedCount = 0;
  readonly log: string[] = [];
  readonly sent: Outgoing[] = [];
  readonly events: LinkEvents;

  constructor(events: LinkEvents) {
    this.events = events;
  }

  send(message: Outgoing): void {
    this.sent.push(message);
  }

  cut(): void {
    this.isConnected = false;
    this.log.push('cut');
  }

  restore(): void {
    this.isConnected = true;
    this.log.push('restored');
    this.events.onConnected();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.log.push('closed');
  }
}

function start(seed = 1) {
  const links = new Map<string, FakeLink>();
  let nowMs = START;
  const openLink = (device: SimulatedDevice, events: LinkEvents) => {
    const link = new FakeLink(events);
    links.set(device.device, link);
    return link;
  };
  const simulation = new Simulation({ seed, openLink, now: () => nowMs });
  const run = (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      nowMs += 1_000;
      simulation.tick();
    }
  };
  const link = (device: string) => links.get(device) as FakeLink;
  return { simulation, run, link, links, now: () => nowMs };
}

describe('Simulation', () => {
  it('sends envelopes with running numbers, flat objects and bare values', () => {
    const { run, link } = start();
    run(20);
    const envelopes = link('tank-01').sent.map((message) => JSON.parse(message.payload));
    expect(envelopes).toHaveLength(10);
    expect(envelopes[3]).toEqual({
      v: 1,
      b: START / 1_000,
      r: [{ n: 3, ts: START + 8_000, m: { level: expect.closeTo(6.4, 1), temperature: expect.closeTo(81.4, 0) } }],
    });
    expect(JSON.parse(link('comp-01').sent[0]?.payload ?? '')).toMatchObject({ running: true, state: 'loaded' });
    expect(link('room').sent[0]).toMatchObject({
      topic: 'home/gatehouse/temperature',
      payload: expect.stringMatching(/^1[89](\.\d)?$/),
    });
  });

  it('falls silent without a goodbye, says nothing meanwhile, and is born again', () => {
    const { run, link } = start();
    run(24);
    const silent = link(SILENT_DEVICE);
    expect(silent.log).toEqual([]);
    run(1);
    expect(silent.log).toEqual(['cut']);
    const sentBefore = silent.sent.length;
    run(179);
    expect(silent.sent).toHaveLength(sentBefore);
    run(1);
    expect(silent.log).toEqual(['cut', 'restored']);
    expect(silent.sent.slice(sentBefore).map((message) => message.topic.split('/').at(-1))).toEqual(['meta', 'status']);
    expect(silent.sent.at(-1)).toMatchObject({ payload: expect.stringContaining('online'), retain: true });
  });

  it('garbles one frame in the first minute, and the next one in another way', () => {
    const { run, link } = start();
    run(60);
    const frames = () => link('flow-01').sent.map((message) => message.payload);
    const isBroken = (text: string) => {
      try {
        return typeof JSON.parse(text).flow !== 'number';
      } catch {
        return true;
      }
    };
    expect(frames().filter(isBroken)).toEqual([expect.stringMatching(/^\{"flow":[\d.]+$/)]);
    run(400);
    expect(frames().filter(isBroken).slice(1)).toEqual([expect.stringMatching(/^\{"flow":"[\d.]+ m3\/h"\}$/)]);
  });

  it('an inlet obeys a command over some seconds and answers on its ack topic', () => {
    const { simulation, run, link, now } = start();
    run(20);
    const valve = link('tank-02-inlet');
    const envelope = { cid: 'tank-level-hihi/T2/1/close-inlet', cmd: 'valve.set', args: { position: 0 } };
    valve.events.onCommand(JSON.stringify({ ...envelope, exp: now() + 30_000 }), false);
    const replies = () =>
      valve.sent
        .filter((message) => message.topic === 'plant/v1/lyon/tank-farm/tank-02-inlet/ack')
        .map((message) => JSON.parse(message.payload).status);
    expect(replies()).toEqual(['ACCEPTED']);
    run(4);
    expect(replies()).toEqual(['ACCEPTED']);
    run(1);
    expect(replies()).toEqual(['ACCEPTED', 'SUCCEEDED']);
    expect(simulation.plant.tanks[1].inletPositionPct).toBe(0);
  });

  it('the same seed sends the same messages', () => {
    const sent = (seed: number) => {
      const { run, links } = start(seed);
      run(300);
      return [...links.values()].flatMap((link) => link.sent);
    };
    expect(sent(4)).toEqual(sent(4));
    expect(sent(4)).not.toEqual(sent(5));
  });

  it('does not flood: under ten messages a second', () => {
    const { run, links } = start();
    run(600);
    const count = [...links.values()].reduce((sum, link) => sum + link.sent.length, 0);
    expect(count / 600).toBeLessThan(10);
  });
});
