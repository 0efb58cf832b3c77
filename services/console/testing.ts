// What the tests of the console share: sample messages, and a console without a broker, a store or a listener.

import { type Identity, userNameOf } from '#domain/access/identity.ts';
import type { AlarmMessage, Role } from '#domain/alarm.ts';
import { type DeviceView, UNHEARD } from '#domain/device.ts';
import type { Rejected } from '#domain/rejected.ts';
import { topics } from '#domain/topic.ts';
import type { Credentials, LoginAnswer } from '#runtime/access/access.ts';
import type { Bus } from '#runtime/bus.ts';
import { silentLog } from '#runtime/log.ts';
import { MemoryBus } from '#runtime/memory-bus.ts';
import { Metrics } from '#runtime/metrics.ts';
import { type DeviceModel, modelFile, modelOf } from '#runtime/plant-files.ts';
import { PAGE_HEADER } from './api/http.ts';
import { openDevices } from './devices/open-devices.ts';
import { openFeed } from './feed.ts';
import { type AppParts, buildApp } from './http/app.ts';
import { checkedAnswers } from './http/docs/checked-answers.ts';
import { Sessions } from './http/session.ts';
import { Live } from './live/live.ts';
import { makeCatalog } from './plant/catalog.ts';
import { Plant } from './plant/plant.ts';
import { openRuleMarks } from './plant/rule-marks.ts';
import { KeptRejections } from './rejected/kept-rejections.ts';
import { Replays } from './rejected/replays.ts';
import { openWorkbench } from './rules/open-workbench.ts';
import { openInflux, type Store, type TaggedTable } from './store/influx.ts';

export const START = 1_800_000_000_000;
export const PASSWORD = 'correct horse';
export const SESSION_KEY = 'what the tests sign cookies with';
/** What our own page sends along. */
export const PAGE = { [PAGE_HEADER]: '1' };
export const OPERATIONS_KEY = 'what the tests sign with';

export function sampleAlarm(changes: Partial<AlarmMessage> = {}): AlarmMessage {
  return {
    alarmId: 'lyon/tank-farm/tank-hot/tank-01',
    seq: 1,
    rule: 'tank-hot',
    rev: 'r1',
    name: 'Tank hot',
    site: 'lyon',
    area: 'tank-farm',
    instance: 'tank-01',
    state: 'UNACK',
    overlay: null,
    shelvedUntil: null,
    shelvingMsMax: 28_800_000,
    priority: 'high',
    firstOut: false,
    episode: 1,
    quality: 'GOOD',
    activeSince: START,
    clearedAt: null,
    changedAt: START,
    ackedBy: null,
    ackComment: null,
    inputs: { temperature: { metric: 'temperature', value: 82, quality: 'GOOD', ageMs: 0, unit: 'Cel' } },
    summary: 'Tank 01 is hot',
    reason: 'temperature 82 Cel is above 80 Cel',
    labels: {},
    commands: [],
    shadow: false,
    ...changes,
  };
}

export function sampleDevice(changes: Partial<DeviceView> = {}): DeviceView {
  return {
    site: 'lyon',
    area: 'tank-farm',
    device: 'tank-01',
    model: 'tank',
    role: null,
    labels: {},
    ...UNHEARD,
    online: true,
    lastSeen: START,
    ...changes,
  };
}

export function sampleReject(changes: Partial<Rejected> = {}): Rejected {
  return {
    reason: 'json',
    message: 'The payload is not valid JSON.',
    topic: 'plant/v1/lyon/tank-farm/tank-01/tele',
    payload: '{',
    payloadEncoding: 'utf8',
    payloadBytes: 1,
    receivedAt: START,
    ...changes,
  };
}

/** A line of a batch: `fields` such as `value=81.2`. */
export function sampleLine(metric: string, fields: string, at: number, device = 'tank-01'): string {
  return `reading,area=tank-farm,device=${device},metric=${metric},site=lyon ${fields} ${at}`;
}

export function publishAlarm(bus: Bus, alarm: AlarmMessage): Promise<void> {
  return bus.publish(topics.alarm(alarm), JSON.stringify(alarm), { retain: true });
}

/** The memory bus delivers in microtasks; a turn of the event loop lets them all run. */
export function delivered(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** People of the tests, each with the password of the tests. */
export class TestAccess {
  readonly people: Map<string, Role>;
  isBroken = false;
  /** What the next logins are told, whoever they are. */
  waitMs = 0;
  readonly tried: (readonly [name: string, address: string])[] = [];

  constructor(people: Readonly<Record<string, Role>>) {
    this.people = new Map(Object.entries(people));
  }
  get hasPeople(): boolean {
    return this.people.size > 0;
  }
  problem(): string | undefined {
    return this.isBroken ? 'users.json:1:1: not valid JSON' : undefined;
  }
  identityOf(name: string) {
    const role = this.people.get(name);
    return role === undefined ? undefined : ({ kind: 'person', name, role } as const);
  }
  loginOf(identity: Identity): string | undefined {
    const name = userNameOf(identity) ?? '';
    return this.people.has(name) ? JSON.stringify([name, this.people.get(name)]) : undefined;
  }
  async identifyPerson({ name, secret }: Credentials, address: string): Promise<LoginAnswer> {
    this.tried.push([name, address]);
    if (this.waitMs > 0) return { kind: 'later', waitMs: this.waitMs };
    const identity = this.identityOf(name);
    return identity === undefined || secret !== PASSWORD ? { kind: 'wrong' } : { kind: 'known', identity };
  }
}

export type TestConsoleOptions = {
  /** An engineer `operator` where it is left out. */
  readonly access?: TestAccess;
  readonly sessionKey?: string;
  readonly requestsPerMinute?: number;
  readonly trustedProxies?: readonly string[];
  readonly seriesMax?: number;
  readonly alarmsMax?: number;
  readonly loginsPerMinute?: number;
  readonly storeUrl?: string;
  /** In place of one that is asked over HTTP. */
  readonly store?: Store;
  /** Rules whose limits are drawn; none where left out. */
  readonly rulesDir?: string;
  readonly bus?: MemoryBus;
  readonly pageDir?: string;
  /** Where rejections are kept; nowhere where left out. */
  readonly dataDir?: string;
  readonly maySave?: boolean;
  readonly jobMsMax?: number;
  /** What the threads that run rules wait with; `wait` where left out. */
  readonly jobWait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** The broker of replays; a memory where left out. */
  readonly replayBus?: MemoryBus;
  /** Settles at once where a test is about something that takes too long. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
};

const MODELS: ReadonlyMap<string, DeviceModel> = new Map(
  [
    modelFile.parse({
      model: 'tank',
      metrics: {
        temperature: { unit: 'Cel', interval: '5s' },
        level: { unit: 'm', interval: '5s', store: { deadband: 1, atLeastEvery: '10m' } },
      },
    }),
    modelFile.parse({
      model: 'valve',
      metrics: { position: { unit: '%' } },
      commands: {
        'valve.set': {
          description: 'Moves the valve.',
          args: {
            position: { unit: '%', min: 0, max: 100 },
            ramp: { type: 'text', values: ['slow', 'fast'], optional: true },
          },
          interlocks: [{ state: 'maintenance', is: true, because: 'people are in the pit' }],
          verify: { metric: 'position', equals: { arg: 'position' }, tolerance: 2, within: '30s' },
        },
      },
    }),
  ].map((model) => [model.model, modelOf(model)]),
);

export async function openTestConsole(options: TestConsoleOptions = {}) {
  const { seriesMax = 100, alarmsMax = 100, loginsPerMinute = 1_000, bus = new MemoryBus() } = options;
  const { access = new TestAccess({ operator: 'engineer' }) } = options;
  const clock = { now: START };
  const now = () => clock.now;
  const metrics = new Metrics('console');
  const plant = new Plant({ catalog: makeCatalog(MODELS), seriesMax, alarmsMax });
  const live = new Live({ plant, now, life: 'test', brokerProblem: () => bus.problem() });
  const wait = options.wait ?? (() => new Promise<void>(() => {}));
  const address = { url: options.storeUrl ?? 'http://127.0.0.1:1', database: 'plant' };
  const { rulesDir = '/nowhere', maySave, jobMsMax } = options;
  const log = silentLog();
  const aside = { log, wait: options.jobWait ?? wait, ...(jobMsMax === undefined ? {} : { jobMsMax }) };
  const rules = openWorkbench({ rulesDir, maySave, store: address, plant, ...aside });
  const { tails, configs } = openDevices({ bus, plant, now, wait });
  openFeed({ bus, live, tails, metrics, seriesMax });
  const { dataDir = '/nowhere', replayBus = new MemoryBus() } = options;
  const kept = new KeptRejections({ dataDir, now });
  const replays = new Replays({ dataDir, kept, openBus: () => replayBus, now, wait });
  const parts: AppParts = {
    ...{ plant, live, models: () => MODELS, tails, configs, bus, kept, replays, rules, wait },
    store: options.store ?? openInflux(address),
    database: 'plant',
    ruleMarks: openRuleMarks(options.rulesDir ?? '/nowhere', now),
    access,
    sessions: new Sessions({ access, key: options.sessionKey ?? SESSION_KEY, lifeMs: 60_000, now }),
    operationsKey: OPERATIONS_KEY,
    limits: { loginsPerMinute, requestsPerMinute: options.requestsPerMinute ?? 100_000 },
    trustedProxies: options.trustedProxies ?? [],
    log,
    now,
    numbersEveryMs: 30_000,
    pageDir: options.pageDir ?? '/nowhere',
  };
  const app = await buildApp(parts, checkedAnswers);
  const logIn = async (user = 'operator') => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/login',
      payload: { user, password: PASSWORD },
      headers: PAGE,
    });
    return String(answer.headers['set-cookie']).split(';')[0] ?? '';
  };
  return { app, bus, replayBus, plant, live, tails, configs, metrics, clock, logIn, access };
}

/** A store that answers by a pattern of the query, the first that fits, and remembers what it was asked. */
export function patternStore(answers: readonly (readonly [RegExp, Partial<TaggedTable> | Error])[]) {
  const asked: string[] = [];
  const tables = async (influxql: string): Promise<TaggedTable[]> => {
    asked.push(influxql);
    const answer = answers.find(([pattern]) => pattern.test(influxql))?.[1];
    if (answer instanceof Error) throw answer;
    return answer === undefined ? [] : [{ name: 'x', tags: {}, columns: [], rows: [], ...answer }];
  };
  const query = async (influxql: string) => (await tables(influxql))[0] ?? { columns: [], rows: [] };
  const store: Store = { tables, query };
  return { store, asked };
}
