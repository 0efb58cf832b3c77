// The sources that come along (rules/sources), on messages as the documentation of each project shows them.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPlantFiles } from '#runtime/plant-files.ts';
import { tryMessage } from '../tool/try-message.ts';
import { readSources } from './read-sources.ts';

const RULES = path.resolve(import.meta.dirname, '../../../rules');
const NOW = 1_795_355_425_172;
const plant = readPlantFiles(RULES);
const { sources, placeOf, problems } = readSources(RULES, new Set(plant.models.keys()));

async function comeOf(topic: string, payload: string): Promise<string[]> {
  const trial = await tryMessage(
    { topic, payload: Buffer.from(payload) },
    { plant, sources, placeOf, now: NOW, payloadBytesMax: 262_144 },
  );
  const points = trial.points.map((line) => {
    const [, device = '', metric = '', fields = '', at = ''] =
      /device=([^,]+),metric=((?:[^,\\]|\\.)+),site=home (\S+) (\d+)$/.exec(line) ?? [];
    return `${device} ${metric} ${fields}${Number(at) === NOW ? '' : ` @${at}`}`;
  });
  const online = trial.devices
    .filter((each) => each.online !== null)
    .map((each) => `${each.device} ${each.online ? 'online' : 'offline'}`);
  return [...points, ...online, ...trial.refusals.map(({ message }) => `refused: ${message}`)];
}

it('are without a mistake', () => {
  expect(problems).toEqual([]);
  expect(sources.length).toBeGreaterThanOrEqual(18);
});

describe.each<
  readonly [
    project: string,
    messages: readonly (readonly [topic: string, payload: object | string, comes: readonly string[]])[],
  ]
>([
  [
    'Zigbee2MQTT',
    [
      [
        'zigbee2mqtt/0x00158d0001dc126a',
        { battery: 100, humidity: 47.5, linkquality: 47, pressure: 993, temperature: 22.53, voltage: 3005 },
        [
          '0x00158d0001dc126a battery value=100',
          '0x00158d0001dc126a humidity value=47.5',
          '0x00158d0001dc126a linkquality value=47',
          '0x00158d0001dc126a pressure value=993',
          '0x00158d0001dc126a temperature value=22.53',
          '0x00158d0001dc126a voltage value=3005',
        ],
      ],
      [
        'zigbee2mqtt/lamp',
        {
          state: 'ON',
          brightness: 215,
          color: { x: 0.46, y: 0.41 },
          update: { state: 'idle' },
          last_seen: '2026-11-22T14:30:00+02:00',
        },
        [
          'lamp state text="ON" @1795350600000',
          'lamp brightness value=215 @1795350600000',
          'lamp color.x value=0.46 @1795350600000',
          'lamp color.y value=0.41 @1795350600000',
          'lamp update.state text="idle" @1795350600000',
        ],
      ],
      [
        'zigbee2mqtt/contact',
        { contact: false, occupancy: true },
        ['contact contact flag=false', 'contact occupancy flag=true'],
      ],
      ['zigbee2mqtt/lamp/availability', { state: 'offline' }, ['lamp offline']],
      ['zigbee2mqtt/lamp/availability', { state: 'online' }, ['lamp online']],
      [
        'zigbee2mqtt/Living room',
        { state: 'ON' },
        [
          'refused: the device would be \'Living room\', and must be a letter or digit, then up to 63 letters, digits, dots, underscores or hyphens; give it another in the source: "names": {"Living room": "…"}',
        ],
      ],
    ],
  ],
  [
    'Tasmota',
    [
      [
        'tele/tasmota_B3B7A1/SENSOR',
        {
          Time: '2026-11-22T19:34:28',
          DS18B20: { Id: '01131E3B4C5D', Temperature: 19.9 },
          ENERGY: { Total: 3.185, Power: 12, Factor: 0.87, Voltage: 230 },
          TempUnit: 'C',
        },
        [
          'tasmota_B3B7A1 DS18B20.Id text="01131E3B4C5D"',
          'tasmota_B3B7A1 DS18B20.Temperature value=19.9',
          'tasmota_B3B7A1 ENERGY.Total value=3.185',
          'tasmota_B3B7A1 ENERGY.Power value=12',
          'tasmota_B3B7A1 ENERGY.Factor value=0.87',
          'tasmota_B3B7A1 ENERGY.Voltage value=230',
        ],
      ],
      [
        'tele/plug/STATE',
        {
          Time: '2026-11-22T19:34:28',
          Uptime: '0T00:15:22',
          UptimeSec: 922,
          Vcc: 3.416,
          POWER: 'ON',
          Wifi: { RSSI: 86, Signal: -57 },
        },
        [
          'plug UptimeSec value=922',
          'plug Vcc value=3.416',
          'plug POWER flag=true',
          'plug Wifi.RSSI value=86',
          'plug Wifi.Signal value=-57',
        ],
      ],
      ['stat/plug/POWER', 'OFF', ['plug POWER flag=false']],
      ['stat/plug/POWER', 'TOGGLE', ["refused: 'POWER' is the text 'TOGGLE'; the source knows ON, OFF"]],
      ['tele/plug/LWT', 'Online', ['plug online']],
      ['tele/plug/LWT', 'Offline', ['plug offline']],
    ],
  ],
  [
    'Shelly from generation 2 on',
    [
      [
        'shellyplus1pm-a8032abe54dc/status/switch:0',
        {
          id: 0,
          source: 'HTTP_in',
          output: true,
          apower: 8.9,
          voltage: 237.5,
          aenergy: { total: 6.532 },
          temperature: { tC: 23.5, tF: 74.4 },
        },
        [
          'shellyplus1pm-a8032abe54dc switch0.id value=0',
          'shellyplus1pm-a8032abe54dc switch0.source text="HTTP_in"',
          'shellyplus1pm-a8032abe54dc switch0.output flag=true',
          'shellyplus1pm-a8032abe54dc switch0.apower value=8.9',
          'shellyplus1pm-a8032abe54dc switch0.voltage value=237.5',
          'shellyplus1pm-a8032abe54dc switch0.aenergy.total value=6.532',
          'shellyplus1pm-a8032abe54dc switch0.temperature.tC value=23.5',
          'shellyplus1pm-a8032abe54dc switch0.temperature.tF value=74.4',
        ],
      ],
      [
        'ht/status/temperature:0',
        { id: 0, tC: 21.4, tF: 70.5 },
        ['ht temperature0.id value=0', 'ht temperature0.tC value=21.4', 'ht temperature0.tF value=70.5'],
      ],
      ['ht/status/humidity:0', { id: 0, rh: 51.2 }, ['ht humidity0.id value=0', 'ht humidity0.rh value=51.2']],
      [
        'ht/status/devicepower:0',
        { id: 0, battery: { V: 5.3, percent: 82 } },
        [
          'ht devicepower0.id value=0',
          'ht devicepower0.battery.V value=5.3',
          'ht devicepower0.battery.percent value=82',
        ],
      ],
      ['i4/status/input:2', { id: 2, state: true }, ['i4 input2.id value=2', 'i4 input2.state flag=true']],
      [
        'blind/status/cover:0',
        { id: 0, state: 'stopped', current_pos: 50 },
        ['blind cover0.id value=0', 'blind cover0.state text="stopped"', 'blind cover0.current_pos value=50'],
      ],
      ['ht/online', 'true', ['ht online']],
      ['ht/online', 'false', ['ht offline']],
    ],
  ],
  [
    'Shelly of generation 1',
    [
      ['shellies/shelly1-B929CC/relay/0', 'on', ['shelly1-B929CC relay0 flag=true']],
      ['shellies/shelly1-B929CC/relay/0', 'off', ['shelly1-B929CC relay0 flag=false']],
      ['shellies/shellyht-B3F1/sensor/temperature', '21.88', ['shellyht-B3F1 temperature value=21.88']],
      ['shellies/shellyht-B3F1/sensor/battery', '94', ['shellyht-B3F1 battery value=94']],
    ],
  ],
  [
    'ESPHome',
    [
      ['livingroom/sensor/temperature/state', '21.5', ['livingroom temperature value=21.5']],
      ['livingroom/sensor/temperature/state', 'nan', ["refused: 'nan' is not a finite number"]],
      ['livingroom/binary_sensor/motion/state', 'ON', ['livingroom motion flag=true']],
      ['livingroom/status', 'online', ['livingroom online']],
      ['livingroom/status', 'offline', ['livingroom offline']],
    ],
  ],
  [
    "Home Assistant's statestream",
    [
      ['homeassistant/sensor/kitchen_temperature/state', '19.5', ['kitchen_temperature sensor value=19.5']],
      ['homeassistant/light/hall/state', 'on', ['hall light text="on"']],
      ['homeassistant/sensor/kitchen_temperature/state', 'unavailable', ['kitchen_temperature sensor q=2i']],
    ],
  ],
  [
    'bare values',
    [
      ['home/kitchen/humidity', '47.5', ['room humidity value=47.5']],
      ['home/kitchen/linkquality', '80', []],
    ],
  ],
  [
    'a flat object of a Node-RED flow, on a topic of ours',
    [
      [
        'plant/v1/home/boiler-room/boiler/tele',
        { temperature: 61.5, burner: true },
        ['boiler temperature value=61.5', 'boiler burner flag=true'],
      ],
    ],
  ],
])('%s', (_, messages) => {
  it.each(messages)('%s %j', async (topic, payload, comes) => {
    expect(await comeOf(topic, typeof payload === 'string' ? payload : JSON.stringify(payload))).toEqual(comes);
  });
});

it.each([
  'zigbee2mqtt/bridge/state',
  'zigbee2mqtt/bridge/devices',
  'zigbee2mqtt/lamp/set',
  'zigbee2mqtt/lamp/get',
  'cmnd/plug/POWER',
  'stat/plug/RESULT',
  'tele/plug/INFO1',
  'shellyplus1-a8032abe54dc/rpc',
  'shellyplus1-a8032abe54dc/events/rpc',
  'shellies/announce',
  'livingroom/debug',
  'homeassistant/sensor/kitchen/config',
  'homeassistant/status',
])('%s is no measurement, and is not even read', (topic) => {
  expect(sources.filter((source) => source.match(topic) !== undefined)).toEqual([]);
});
