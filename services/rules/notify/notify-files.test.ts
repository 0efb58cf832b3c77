import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type NotifyFiles, readNotifyFiles } from './notify-files.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function read(files: Record<string, string>): NotifyFiles & { readonly told: readonly string[] } {
  const folder = mkdtempSync(path.join(tmpdir(), 'penstock-notify-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const found = readNotifyFiles(folder);
  const told = found.problems.map(
    ({ file, line, column, message }) =>
      `${path.basename(file)}:${line}:${column}: ${message.replaceAll(`${folder}/`, '')}`,
  );
  return { ...found, told };
}

const RECEIVERS = `{
  // who can be told
  "allowedHosts": ["hooks.slack.com", "10.0.0.7"],
  "allowPrivate": true,
  "smtp": { "host": "mail.example.org", "from": "penstock@example.org", "username": "p", "passwordFile": "mail-password" },
  "receivers": {
    "operations": [
      { "type": "slack", "urlFile": "slack-url" },
      { "type": "email", "to": "shift@example.org" },
      { "type": "email", "to": "chief@example.org" },
      { "type": "webhook", "url": "https://10.0.0.7:8443/alarms", "headers": { "x-plant": "lyon" }, "tokenFile": "token" },
    ],
  },
}`;
const SECRETS = {
  'mail-password': 'hush\n',
  'slack-url': ' https://hooks.slack.com/services/T/B/x\n',
  token: 'abc',
};
const CALENDARS = '{ "shifts": { "day": { "timeZone": "Europe/Paris", "starts": "0 6 * * *", "lasts": "12h" } } }';

test('no folder, or an empty one, tells nobody anything and is no problem', () => {
  for (const found of [readNotifyFiles(path.join(tmpdir(), 'penstock-nowhere')), read({})]) {
    expect(found.problems).toEqual([]);
    expect(found.config).toMatchObject({ routes: [], receivers: new Map(), addresses: new Map() });
  }
});

test('a whole configuration: defaults, secrets from files, addresses, shifts', () => {
  const routes = `{ "routes": [
    { "match": { "priority": ["critical", "high"], "labels": { "team": "process" } }, "receiver": "operations", "during": "day" },
    { "match": { "site": "lyon" }, "receiver": "operations", "outside": "day", "repeatInterval": "never", "continue": true }
  ] }`;
  const { config, told } = read({
    'receivers.json': RECEIVERS,
    'routes.json': routes,
    'calendars.json': CALENDARS,
    ...SECRETS,
  });
  expect(told).toEqual([]);
  expect(config?.smtp).toEqual({
    host: 'mail.example.org',
    port: 587,
    security: 'starttls',
    from: 'penstock@example.org',
    username: 'p',
    password: 'hush',
  });
  expect([...(config?.addresses ?? [])]).toEqual([
    ['operations/slack', { type: 'slack', url: 'https://hooks.slack.com/services/T/B/x' }],
    ['operations/email', { type: 'email', to: 'shift@example.org' }],
    ['operations/email-2', { type: 'email', to: 'chief@example.org' }],
    [
      'operations/webhook',
      { type: 'webhook', url: 'https://10.0.0.7:8443/alarms', headers: { 'x-plant': 'lyon' }, token: 'abc' },
    ],
  ]);
  expect(config?.routes).toMatchObject([
    {
      match: { priority: ['critical', 'high'], labels: { team: ['process'] } },
      groupBy: ['site', 'area'],
      groupWait: 10_000,
      groupInterval: 60_000,
      repeatInterval: 14_400_000,
      followUps: true,
      continue: false,
    },
    { match: { site: ['lyon'] }, repeatInterval: 'never', continue: true },
  ]);
  const noon = Date.parse('2026-06-01T10:00Z');
  const night = Date.parse('2026-06-01T22:00Z');
  expect(config?.routes.map(({ isOnDuty }) => [isOnDuty(noon), isOnDuty(night)])).toEqual([
    [true, false],
    [false, true],
  ]);
});

test.each<[what: string, files: Record<string, string>, told: unknown[]]>([
  [
    'names that are not there, with what was probably meant',
    {
      'receivers.json': RECEIVERS,
      ...SECRETS,
      'calendars.json': CALENDARS,
      'routes.json': '{ "routes": [\n{ "receiver": "operation" },\n{ "receiver": "operations", "during": "days" }] }',
    },
    [
      "routes.json:2:15: there is no receiver 'operation'; did you mean 'operations'?",
      "routes.json:3:39: there is no shift 'days'; did you mean 'day'?",
      'routes.json:3:1: is never reached: route 1 takes everything',
    ],
  ],
  [
    'a secret that is not there, or empty',
    { 'receivers.json': RECEIVERS, 'mail-password': ' \n', token: 'abc' },
    [
      'receivers.json:5:106: smtp.passwordFile: mail-password is empty',
      'receivers.json:8:37: receivers.operations.0.urlFile: slack-url cannot be read (ENOENT)',
    ],
  ],
  [
    'a token that would end the header',
    { 'receivers.json': RECEIVERS, ...SECRETS, token: 'abc\r\nx: y' },
    ['receivers.json:11:114: receivers.operations.3.tokenFile: must be printable ASCII on one line'],
  ],
  [
    'a host that is not allowed, plain http, no mail server',
    {
      'receivers.json': `{ "allowedHosts": ["a.example.org"], "receivers": { "r": [
{ "type": "teams", "url": "https://evil.org/x" },
{ "type": "ntfy", "url": "http://a.example.org", "topic": "t" },
{ "type": "email", "to": "a@example.org" }] } }`,
    },
    [
      'receivers.json:2:1: evil.org is not among the allowed hosts; add it to allowedHosts',
      'receivers.json:3:1: a.example.org is not reached over http; use https',
      'receivers.json:4:1: an email needs a mail server; describe it as smtp in this file',
    ],
  ],
  [
    'hostile and impossible values',
    {
      'receivers.json': `{ "allowedHosts": ["https://a.org"], "timeZone": "Mars/Base", "receivers": {
"r": [],
"s": [{ "type": "slack" }],
"t": [{ "type": "email", "to": "a@example.org\\r\\nBcc: b@example.org" }],
"u": [{ "type": "webhook", "url": "https://a.org", "headers": { "Host": "b.org" } }],
"v": [{ "type": "pigeon" }],
"__proto__": [] } }`,
    },
    ["receivers.json:7:1: unknown field '__proto__'"],
  ],
  [
    'hostile and impossible values, without the prototype',
    {
      'receivers.json': `{ "allowedHosts": ["https://a.org"], "timeZone": "Mars/Base", "receivers": {
"r": [],
"s": [{ "type": "slack" }],
"t": [{ "type": "email", "to": "a@example.org\\r\\nBcc: b@example.org" }],
"u": [{ "type": "webhook", "url": "https://a.org", "headers": { "Host": "b.org" } }],
"v": [{ "type": "pigeon" }] } }`,
    },
    [
      expect.stringMatching(/^receivers\.json:1:20: allowedHosts\.0: must be a host/),
      expect.stringMatching(/^receivers\.json:1:50: timeZone: must be a time zone/),
      'receivers.json:2:6: receivers.r: needs at least one channel',
      'receivers.json:3:7: receivers.s.0: give either url or urlFile',
      'receivers.json:4:32: receivers.t.0.to: must be one address such as shift@example.org',
      expect.stringMatching(/^receivers\.json:5:\d+: receivers\.u\.0\.headers\.Host: /),
      expect.stringMatching(/^receivers\.json:6:\d+: receivers\.v\.0\.type must be one of webhook/),
    ],
  ],
  [
    'calendars that cannot be',
    {
      'calendars.json': `{ "shifts": {
"a": { "timeZone": "UTC", "starts": "0 0 30 2 *", "lasts": "8h" },
"b": { "timeZone": "UTC", "starts": ["0 6 * * *", "x"], "lasts": "0s", "except": ["2026-02-30"] } } }`,
    },
    [
      "calendars.json:2:37: shifts.a.starts: '0 0 30 2 *' never comes",
      expect.stringMatching(/^calendars\.json:3:51: shifts\.b\.starts\.1: 'x' is no pattern/),
      'calendars.json:3:66: shifts.b.lasts: must be between 1m and 31d',
      expect.stringMatching(/^calendars\.json:3:83: shifts\.b\.except\.0: /),
    ],
  ],
  [
    'routes that cannot be',
    { 'routes.json': '{ "routes": [{ "receiver": "a", "grupBy": [], "groupBy": ["colour"], "groupWait": "1d" }] }' },
    [
      expect.stringMatching(/^routes\.json:1:\d+: routes\.0\.groupBy\.0: must be site, area/),
      'routes.json:1:83: routes.0.groupWait: must be at most 10m',
      "routes.json:1:33: unknown field 'grupBy'; did you mean 'groupBy'?",
    ],
  ],
])('%s: told with their place, and nothing is taken over', (_, files, expected) => {
  const { config, told } = read(files);
  expect(told).toEqual(expected);
  expect(config).toBeUndefined();
});

test('no problem bears a secret', () => {
  const { told } = read({
    'receivers.json': RECEIVERS,
    ...SECRETS,
    'slack-url': 'https://evil.org/canary',
    token: 'canary\u0007',
  });
  expect(told.length).toBeGreaterThan(0);
  expect(told.join()).not.toContain('canary');
});
