import { describe, expect, it } from 'vitest';
import { type BoxFacts, boxText } from './box.ts';

const FACTS: BoxFacts = {
  version: '0.1.0',
  consoleUrl: 'http://127.0.0.1:8080',
  brokerUrl: 'mqtt://127.0.0.1:1883',
  isBrokerOurs: true,
  storeUrl: 'http://127.0.0.1:8086',
  isStoreOurs: true,
  database: 'plant',
  dataDir: '/srv/penstock/data',
  rulesDir: '/srv/penstock/rules',
  login: { kind: 'made', user: 'operator', password: 'pass-word' },
  isDemo: true,
  command: 'npm run -s penstock --',
  problems: new Map(),
};

const lineWith = (facts: BoxFacts, word: string) =>
  boxText(facts)
    .split('\n')
    .find((line) => line.includes(word));

describe('boxText()', () => {
  it('names the database of the settings', () => {
    expect(lineWith({ ...FACTS, database: 'works' }, 'History')).toContain('database works)');
  });

  it('at the first start', () => {
    expect(boxText(FACTS)).toMatchInlineSnapshot(`
      "┌─ Penstock 0.1.0 is running ─────────────────────────────────────────────────
        Console     http://127.0.0.1:8080
        Login       operator, password pass-word  (shown this once; a new one: npm run -s penstock -- user passwd operator)
        MQTT        mqtt://127.0.0.1:1883
        History     http://127.0.0.1:8086  (InfluxDB 1.x API, database plant)
        Data        /srv/penstock/data
        Rules       /srv/penstock/rules
        Demo        a simulated plant is running; start with --no-demo to leave it out

        Publish a hot tank by hand; its alarm shows on the console within ten seconds:
          mosquitto_pub -h 127.0.0.1 -p 1883 -t plant/v1/lyon/tank-farm/tank-09/tele -m '{"temperature": 95}'

        Stop        Ctrl-C (a second Ctrl-C ends everything at once)
        Watch       npm run -s penstock -- tail
        Trouble     npm run -s penstock -- doctor
        Read next   README.md, and the rules in /srv/penstock/rules
      └─────────────────────────────────────────────────────────────────────────────
      "
    `);
  });

  it('says later how to come to a new password, and how to a first user', () => {
    const later = lineWith({ ...FACTS, login: { kind: 'there', user: 'anna' } }, 'Login');
    expect(later).toBe('  Login       anna; forgotten? npm run -s penstock -- user passwd anna');
    expect(lineWith({ ...FACTS, login: { kind: 'nobody' } }, 'Login')).toContain('penstock -- user add <name>');
  });

  it('prints a line for mosquitto_pub that fits the broker in use', () => {
    const facts = { ...FACTS, brokerUrl: 'mqtts://broker.example', brokerUsername: "o'neil", isBrokerOurs: false };
    expect(lineWith(facts, 'mosquitto_pub')?.trim()).toBe(
      `mosquitto_pub -h broker.example -p 8883 --tls-use-os-certs -u 'o'\\''neil' -P "$PENSTOCK_BROKER_PASSWORD" -t plant/v1/lyon/tank-farm/tank-09/tele -m '{"temperature": 95}'`,
    );
    expect(lineWith({ ...FACTS, brokerUrl: 'mqtt://[::1]:1884' }, 'mosquitto_pub')).toContain('-h ::1 -p 1884 ');
  });

  it('says what is not ready yet', () => {
    expect(lineWith({ ...FACTS, problems: new Map([['writer', 'store: no answer']]) }, 'Not ready')).toBe(
      '  Not ready   writer: store: no answer',
    );
  });

  it('a password within a URL is not printed', () => {
    const urls = { storeUrl: 'http://me:hush-1@store.example:8086', brokerUrl: 'mqtt://me:hush-2@broker.example' };
    const facts = { ...FACTS, ...urls, isStoreOurs: false, isBrokerOurs: false };
    expect(boxText(facts)).not.toMatch(/hush/);
    expect(lineWith(facts, 'History')).toContain('http://me:********@store.example:8086');
    expect(lineWith(facts, 'MQTT')).toContain('mqtt://me:********@broker.example');
  });

  it('says nothing of the demo where there is none', () => {
    expect(boxText({ ...FACTS, isDemo: false })).not.toContain('Demo');
  });
});
