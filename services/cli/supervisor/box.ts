// What `penstock start` says once it runs: where everything is, how to get in, how to stop. Pure.
// Rules above and below but no sides, so that a line can be copied out of it whole.

import { withoutPassword } from '#runtime/url-password.ts';
import type { FirstPerson } from '../access/first-person.ts';

export type BoxFacts = {
  readonly version: string;
  readonly consoleUrl: string;
  readonly brokerUrl: string;
  readonly brokerUsername?: string | undefined;
  readonly isBrokerOurs: boolean;
  readonly storeUrl: string;
  readonly isStoreOurs: boolean;
  readonly database: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly rulesDir: string;
  readonly login: FirstPerson;
  readonly isDemo: boolean;
  /** How to call the command line here: `penstock` or `npm run -s penstock --`. */
  readonly command: string;
  /** Not ready yet, and why. */
  readonly problems: ReadonlyMap<string, string>;
};

const LABEL_WIDTH = 12;
const RULE_WIDTH = 78;

export function boxText(facts: BoxFacts): string {
  const rows: readonly (readonly [label: string, text: string])[] = [
    ['Console', facts.consoleUrl],
    ['Login', loginText(facts)],
    ['MQTT', `${withoutPassword(facts.brokerUrl)}${facts.isBrokerOurs ? '' : '  (external broker)'}`],
    [
      'History',
      `${withoutPassword(facts.storeUrl)}${facts.isStoreOurs ? `  (InfluxDB 1.x API, database ${facts.database})` : '  (external store)'}`,
    ],
    ['Data', facts.dataDir],
    ['Rules', facts.rulesDir],
    ...(facts.isDemo ? [['Demo', 'a simulated plant is running; start with --no-demo to leave it out'] as const] : []),
    ...[...facts.problems].map(([name, words]) => ['Not ready', `${name}: ${words}`] as const),
  ];
  const title = ` Penstock ${facts.version} is running `;
  return [
    `┌─${title}${'─'.repeat(Math.max(0, RULE_WIDTH - title.length - 2))}`,
    ...rows.map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH)}${text}`),
    '',
    '  Publish a hot tank by hand; its alarm shows on the console within ten seconds:',
    `    ${publishLine(facts)}`,
    '',
    `  ${'Stop'.padEnd(LABEL_WIDTH)}Ctrl-C (a second Ctrl-C ends everything at once)`,
    `  ${'Watch'.padEnd(LABEL_WIDTH)}${facts.command} tail`,
    `  ${'Trouble'.padEnd(LABEL_WIDTH)}${facts.command} doctor`,
    `  ${'Read next'.padEnd(LABEL_WIDTH)}README.md, and the rules in ${facts.rulesDir}`,
    `└${'─'.repeat(RULE_WIDTH - 1)}`,
    '',
  ].join('\n');
}

/** The password itself once, when it is made: nothing keeps it. */
function loginText({ login, command }: BoxFacts): string {
  if (login.kind === 'made')
    return `${login.user}, password ${login.password}  (shown this once; a new one: ${command} user passwd ${login.user})`;
  if (login.kind === 'nobody') return `nobody can log in: ${command} user add <name> --role engineer`;
  return `${login.user}; forgotten? ${command} user passwd ${login.user}`;
}

/** tank-09 stands in rules/devices and is left alone by the simulated plant, so one value is enough to raise its alarm. */
function publishLine({ brokerUrl, brokerUsername }: BoxFacts): string {
  const url = new URL(brokerUrl);
  const isTls = url.protocol === 'mqtts:';
  const words = [
    'mosquitto_pub',
    '-h',
    url.hostname.replace(/^\[|\]$/g, ''),
    '-p',
    url.port || (isTls ? '8883' : '1883'),
  ];
  if (isTls) words.push('--tls-use-os-certs');
  if (brokerUsername !== undefined) words.push('-u', shellWord(brokerUsername), '-P', '"$PENSTOCK_BROKER_PASSWORD"');
  words.push('-t', 'plant/v1/lyon/tank-farm/tank-09/tele', '-m', `'{"temperature": 95}'`);
  return words.join(' ');
}

function shellWord(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
