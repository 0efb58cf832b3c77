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
      ['zigbee2mqtt/lamp/availability', 'offline', ['lamp offline']],
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
      ['livingroom/sensor/temperature/state', 'nan', ['livingroom temperature q=2i']],
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
    'ChirpStack',
    [
      [
        'application/17c82e96-be03-4f38-aef3-f83d48582d97/device/0101010101010101/event/up',
        {
          deduplicationId: '3ac7e3c4-4401-4b8d-9386-a5c902f9202d',
          time: '2026-11-22T09:34:15.775023242+00:00',
          deviceInfo: { deviceName: 'Garden', devEui: '0101010101010101', tags: { key: 'value' } },
          devAddr: '00189440',
          ...{ adr: true, dr: 1, fCnt: 4, fPort: 1, confirmed: false, data: 'qs1mEg==' },
          object: { temperature: 22.5, door: { open: true } },
          rxInfo: [{ gatewayId: '0016c001f153a14c', uplinkId: 4217106255, rssi: -36, snr: 10.5 }],
        },
        [
          '0101010101010101 temperature value=22.5 @1795340055775',
          '0101010101010101 door.open flag=true @1795340055775',
        ],
      ],
      [
        'application/a1/device/0101010101010101/event/up',
        { time: '2026-11-22T09:34:15Z', fPort: 1, data: 'qs1mEg==' },
        ["refused: 'object' is missing; what the device measured stands there as an object"],
      ],
    ],
  ],
  [
    'The Things Stack',
    [
      [
        'v3/app1@ttn/devices/dev1/up',
        {
          end_device_ids: { device_id: 'dev1', application_ids: { application_id: 'app1' } },
          correlation_ids: ['as:up:01E0WZGT6Y7657CPFPE5WEYDSQ'],
          received_at: '2026-11-22T11:15:45.787Z',
          uplink_message: {
            ...{ session_key_id: 'AXA50', f_port: 1, f_cnt: 1, frm_payload: 'gkHe' },
            decoded_payload: { temperature: 1.5, luminosity: 0.64 },
            rx_metadata: [{ gateway_ids: { gateway_id: 'gtw1' }, rssi: -35, snr: 5 }],
          },
        },
        ['dev1 temperature value=1.5 @1795346145787', 'dev1 luminosity value=0.64 @1795346145787'],
      ],
    ],
  ],
  [
    'rtl_433',
    [
      [
        'rtl_433/attic/events',
        {
          ...{ time: '2026-11-22 12:00:00', model: 'Acurite-Tower', id: 1234, channel: 'A', battery_ok: 1 },
          ...{ temperature_C: 21.5, humidity: 40, mic: 'CHECKSUM' },
        },
        [
          'Acurite-Tower-1234 channel text="A"',
          'Acurite-Tower-1234 battery_ok value=1',
          'Acurite-Tower-1234 temperature_C value=21.5',
          'Acurite-Tower-1234 humidity value=40',
        ],
      ],
      [
        'rtl_433/attic/events',
        { time: '2026-11-22 12:00:00', model: 'Generic-Remote', cmd: 7 },
        ["refused: the payload has no 'id', which tells the device"],
      ],
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
  'homeassistant/device/penstock_home__kitchen__room/config',
  'latest/v1/home/kitchen/room',
  'homeassistant/status',
  'application/a1/device/0101010101010101/event/join',
  'v3/app1@ttn/devices/dev1/join',
  'rtl_433/attic/states',
])('%s is no measurement, and is not even read', (topic) => {
  expect(sources.filter((source) => source.match(topic) !== undefined)).toEqual([]);
});

it('what has come from Home Assistant is not announced to it, by whichever source it is taken', () => {
  const takers = (topic: string) => sources.filter((source) => source.match(topic) !== undefined);
  for (const topic of [
    'homeassistant/sensor/lyon_tank_level/state',
    'homeassistant/binary_sensor/lyon_tank_full/state',
  ]) {
    expect(takers(topic)).not.toEqual([]);
    expect(takers(topic).filter(({ isAnnounced }) => isAnnounced)).toEqual([]);
  }
});
