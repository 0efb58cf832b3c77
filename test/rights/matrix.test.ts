// Everybody, every topic, every way: publishing, exact and wildcard subscriptions, retained messages, last wills, sessions that
// were away. Nobody gets what is not his, and everybody gets all of what is: no leak, no loss, on both brokers.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/processes.ts';
import type { Heard, Probe } from './probe.ts';
import { missingSide, type Side, type SideKind, startSide } from './sides.ts';
import {
  ACL_LINES,
  DEVICES,
  isMatch,
  ORDERS_TO_DEVICES,
  rowOf,
  SHAPES,
  TOPICS,
  type TopicClass,
  USERS,
  WHO,
  type Who,
} from './table.ts';

const CLASSES = Object.keys(TOPICS) as TopicClass[];
type Subscription = readonly [what: string, filters: readonly string[]];

const CONTENT = { users: USERS, devices: DEVICES, acl: ACL_LINES };
/** What an admin may publish, and so everybody may be sent. */
const SAID = CLASSES.filter((name) => !TOPICS[name].startsWith('$'));

describe.each<SideKind>(['embedded', 'mosquitto'])('the rights on %s', (kind) => {
  const missing = missingSide(kind);
  describe.skipIf(missing !== undefined)(missing ?? 'and', () => theRightsOn(kind));
});

function theRightsOn(kind: SideKind): void {
  const present = WHO.filter((who) => kind === 'embedded' || rowOf(who).isEmbeddedOnly !== true);
  const isGranted = (who: Who, filter: string) =>
    kind === 'mosquitto' ||
    rowOf(who).filters.includes(filter) ||
    rowOf(who).reads.some((name) => TOPICS[name] === filter);
  let side: Side;
  let root: Probe;
  let round = 0;
  beforeAll(async () => {
    side = await startSide(kind, CONTENT);
    root = await side.connect('root');
    await root.subscribe(['#']);
  });
  afterAll(async () => {
    root?.[Symbol.dispose]();
    await side?.[Symbol.asyncDispose]();
  });

  /** What somebody who has these subscriptions is to hear of all that is said. */
  const due = (who: Who, filters: readonly string[], reads = rowOf(who).reads) =>
    SAID.filter(
      (name) =>
        reads.includes(name) && filters.some((filter) => isGranted(who, filter) && isMatch(filter, TOPICS[name])),
    );

  /** Root says something on these topics; gives the payload. */
  async function say(names: readonly TopicClass[], isRetained = false): Promise<string> {
    const payload = `round ${++round}`;
    const taken = await Promise.all(names.map((name) => root.publish(TOPICS[name], payload, isRetained)));
    expect(taken).toEqual(names.map(() => true));
    return payload;
  }
  const sayAll = () => say(SAID);

  /** Waits until each has heard what is due; then what they heard is all that was under way. */
  async function settle(probes: ReadonlyMap<Who, Probe>, payload: string, dueTo: (who: Who) => readonly TopicClass[]) {
    for (const [who, probe] of probes)
      await until(
        `${who} to hear ${dueTo(who).join(', ')} of ${payload}, heard ${heardOf(probe.heard, payload)}`,
        () => dueTo(who).every((name) => heardOf(probe.heard, payload).includes(name)) || undefined,
      );
    await Promise.all([...probes.values()].map((probe) => probe.ping()));
    const found = new Map([...probes].map(([who, probe]) => [who, heardOf(probe.heard, payload)]));
    // Where filters overlap, mosquitto keeps a copy for each of them [MQTT-3.3.5-1].
    const told = kind === 'mosquitto' ? new Map([...found].map(([who, names]) => [who, [...new Set(names)]])) : found;
    expect(told).toEqual(new Map([...probes.keys()].map((who) => [who, [...dueTo(who)]])));
  }

  async function everybody<T>(act: (who: Who) => Promise<T>): Promise<Map<Who, T>> {
    return new Map(await Promise.all(present.map(async (who) => [who, await act(who)] as const)));
  }

  it('publishing: what is allowed arrives, what is not does not', async () => {
    const told = await everybody(async (who) => {
      const payload = `published by ${who}`;
      let probe = await side.connect(who);
      for (const name of CLASSES) {
        if (await probe.publish(TOPICS[name], payload)) continue;
        // A publish that is refused ends the connection, sooner or later.
        await probe.closed();
        probe = await side.connect(who);
      }
      probe[Symbol.dispose]();
      return payload;
    });
    await settleRoot(told, (who) => writesOf(who));
  });

  it('last wills: the same', async () => {
    const told = await everybody(async (who) => {
      const payload = `last will of ${who}`;
      for (const name of CLASSES) {
        const will = { topic: TOPICS[name], payload };
        // The embedded broker does not let in who has a will that it may not publish.
        const probe = await side.connect(who, { will }).catch((error: Error) => error);
        if (probe instanceof Error) expect(probe.message).toMatch(/not authorized/i);
        else {
          await probe.vanish();
          probe[Symbol.dispose]();
        }
      }
      return payload;
    });
    await settleRoot(told, (who) => writesOf(who));
  });

  function writesOf(who: Who): readonly TopicClass[] {
    const { writes, writesAtMosquitto } = rowOf(who);
    return kind === 'mosquitto' ? (writesAtMosquitto ?? writes) : writes;
  }

  async function settleRoot(told: ReadonlyMap<Who, string>, dueFrom: (who: Who) => readonly TopicClass[]) {
    for (const [who, payload] of told)
      await until(
        `all that ${who} may say`,
        () => dueFrom(who).every((name) => heardOf(root.heard, payload).includes(name)) || undefined,
      );
    await sayAll();
    await root.ping();
    const found = new Map([...told].map(([who, payload]) => [who, heardOf(root.heard, payload)]));
    expect(found).toEqual(new Map([...told.keys()].map((who) => [who, sorted(dueFrom(who))])));
  }

  describe('subscribing', () => {
    let probes: Map<Who, Probe>;
    beforeAll(async () => {
      probes = await everybody((who) => side.connect(who));
    });
    afterAll(() => {
      for (const probe of probes?.values() ?? []) probe[Symbol.dispose]();
    });

    async function subscribeAll(filters: readonly string[]) {
      const granted = new Map<Who, string[]>();
      for (const [who, probe] of probes) granted.set(who, await probe.subscribe(filters));
      const wanted = new Map(present.map((who) => [who, filters.filter((filter) => isGranted(who, filter))]));
      expect(granted).toEqual(wanted);
    }
    const unsubscribeAll = (filters: readonly string[]) =>
      Promise.all([...probes.values()].map((probe) => probe.unsubscribe(filters)));
    const exact = SAID.map((name) => TOPICS[name]);

    it.each<Subscription>([
      ['every topic by its name', exact],
      ...SHAPES.map((filter): Subscription => [filter, [filter]]),
    ])('%s', async (_, filters) => {
      await subscribeAll(filters);
      const payload = await sayAll();
      await settle(probes, payload, (who) => due(who, filters));
      await unsubscribeAll(filters);
    });

    it.runIf(kind === 'mosquitto')('in a group that shares [MQTT 5, 4.8.2]', async () => {
      // One group each, or the one would take what is meant for the other.
      const shared = (who: Who, filter: string) => [`$share/${who.replaceAll('/', '-')}/${filter}`];
      for (const filter of ['#', 'plant/v1/+/+/+/cmd', 'alarm/#']) {
        for (const [who, probe] of probes) await probe.subscribe(shared(who, filter));
        const payload = await sayAll();
        await settle(probes, payload, (who) => due(who, [filter]));
        for (const [who, probe] of probes) await probe.unsubscribe(shared(who, filter));
      }
    });

    // The embedded broker keeps no command retained, whoever says it.
    const kept = SAID.filter((name) => kind === 'mosquitto' || !ORDERS_TO_DEVICES.includes(name));

    it.each<Subscription>([
      ['every topic by its name', exact],
      ...['#', 'plant/v1/lyon/tank-farm/t1/#', 'alarm/#'].map((filter): Subscription => [filter, [filter]]),
    ])('retained before, read after: %s', async (_, filters) => {
      const payload = await say(kept, true);
      await subscribeAll(filters);
      await settle(probes, payload, (who) => due(who, filters).filter((name) => kept.includes(name)));
      for (const { heard } of probes.values())
        expect(heard.filter((each) => each.payload === payload && !each.retained)).toEqual([]);
      await unsubscribeAll(filters);
      await Promise.all(exact.map((topic) => root.publish(topic, '', true)));
    });

    it('what the broker says of itself', async () => {
      for (const probe of probes.values())
        await probe.subscribe(['$SYS/#', '$SYS/+/new/clients', '$foo/#', '$foo/bar']);
      // The embedded broker tells there of who comes; mosquitto does by itself.
      if (kind === 'embedded') (await side.connect('root', { clientId: 'passing-by' }))[Symbol.dispose]();
      for (const who of present.filter((each) => rowOf(each).readsBroker))
        await until(
          `${who} to hear of $SYS`,
          () => probes.get(who)?.heard.some(({ topic }) => topic.startsWith('$SYS/')) || undefined,
        );
      await Promise.all([...probes.values()].map((probe) => probe.ping()));
      const hearers = present.filter((who) => probes.get(who)?.heard.some(({ topic }) => topic.startsWith('$')));
      expect(hearers).toEqual(present.filter((who) => rowOf(who).readsBroker));
      await unsubscribeAll(['$SYS/#', '$SYS/+/new/clients', '$foo/#', '$foo/bar']);
    });

    it('nothing of all this came later', () => {
      for (const [who, { heard }] of probes) {
        const names = new Set(heard.filter(({ payload }) => payload.startsWith('round ')).map(({ topic }) => topic));
        const allowed = rowOf(who).reads.map((name) => TOPICS[name] as string);
        expect([who, [...names].filter((topic) => !allowed.includes(topic))]).toEqual([who, []]);
      }
    });
  });

  describe('sessions that were away', () => {
    const filters = [...SAID.map((name) => TOPICS[name]), ...SHAPES];
    // Who has no name has no session that is his.
    const kept = present.filter((who) => who !== 'anonymous');

    async function beginAndLeave() {
      for (const who of kept) {
        const probe = await side.connect(who, { isKept: true });
        await probe.subscribe(filters);
        await probe.leave();
      }
    }
    const comeBack = async (who: Who) => [who, await side.connect(who, { isKept: true })] as const;

    it('are sent what they may read', async () => {
      await beginAndLeave();
      const payload = await sayAll();
      const back = new Map(await Promise.all(kept.map(comeBack)));
      await settle(back, payload, (who) => due(who, filters));
      for (const probe of back.values()) probe[Symbol.dispose]();
    });

    it("are nobody else's, whoever comes under their client id", async () => {
      const owner = 'lyon/tank-farm/t2';
      const first = await side.connect(owner, { isKept: true });
      await first.subscribe([TOPICS['t2 cmd']]);
      await first.leave();
      const payload = await say(['t2 cmd']);
      // The embedded broker refuses them; at mosquitto they are who they are, whatever they say.
      for (const thief of ['lyon/tank-farm/t1', 'vera', 'adam']) {
        await (await side.connect(thief)).leave(); // nothing waits in a session of its own
        const probe = await side.connect(thief, { isKept: true, clientId: owner }).catch(() => undefined);
        await probe?.ping();
        expect(heardOf(probe?.heard ?? [], payload)).toEqual([]);
        probe?.[Symbol.dispose]();
      }
      using back = await side.connect(owner, { isKept: true });
      await until('what waited', () => heardOf(back.heard, payload).includes('t2 cmd') || undefined);
    });

    it('are not sent what they may read no more, and still all the rest', async () => {
      await beginAndLeave();
      const payload = await sayAll();
      // The operator becomes a viewer, the engineer an operator, and who has topics by the acl file alone loses them.
      const users = { ...USERS, olga: { role: 'viewer' }, eva: { role: 'operator' } };
      await side.setAccess({ ...CONTENT, users, acl: '' });
      const readsNow = (who: Who) => {
        if (who === 'z2m' || who === 'hass') return [];
        if (who === 'olga') return rowOf('vera').reads;
        return who === 'eva' ? rowOf('olga').reads : rowOf(who).reads;
      };
      const back = new Map(await Promise.all(kept.map(comeBack)));
      await settle(back, payload, (who) => due(who, filters, readsNow(who)));
      await side.setAccess(CONTENT);
      for (const probe of back.values()) probe[Symbol.dispose]();
    });
  });
}

/** Topics on which it was heard, in the order of the table; one twice where it came twice. */
function heardOf(heard: readonly Heard[], payload: string): TopicClass[] {
  const topics = heard.filter((each) => each.payload === payload).map(({ topic }) => topic);
  return CLASSES.flatMap((name) => topics.filter((topic) => topic === TOPICS[name]).map(() => name));
}

function sorted(names: readonly TopicClass[]): TopicClass[] {
  return CLASSES.filter((name) => names.includes(name));
}
