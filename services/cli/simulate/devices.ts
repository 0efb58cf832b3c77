// The devices of the simulated plant: what each reads, how often, and in which of the formats that ingest understands.
// Their place, model and labels stand in rules/devices; a test holds the two against each other.

import type { Random } from '#domain/random.ts';
import type { DeviceName } from '#domain/topic.ts';
import { noise } from './noise.ts';
import type { Plant, TankIndex } from './plant.ts';

export type Readings = { readonly [metric: string]: number | boolean | string };

export type SimulatedDevice = DeviceName & {
  /** `envelope`: our own, numbered. `flat`: one JSON object. `bare`: one value per topic, below `home/`. */
  readonly format: 'envelope' | 'flat' | 'bare';
  readonly model: string;
  readonly intervalS: number;
  readonly units: { readonly [metric: string]: string };
  /** The tank whose inlet this device moves. */
  readonly inletOf?: TankIndex;
  readonly read: (plant: Plant, random: Random) => Readings;
};

const SITE = 'lyon';

function tankSensor(index: TankIndex): SimulatedDevice {
  return {
    site: SITE,
    area: 'tank-farm',
    device: `tank-0${index + 1}`,
    format: 'envelope',
    model: 'tank-sensor',
    intervalS: 2,
    units: { level: 'm', temperature: 'Cel' },
    read: (plant, random) => ({
      level: round(plant.tanks[index].levelM + noise(random, 0.003), 3),
      temperature: round(plant.tanks[index].temperatureC + noise(random, 0.05), 2),
    }),
  };
}

function inletValve(index: TankIndex): SimulatedDevice {
  return {
    site: SITE,
    area: 'tank-farm',
    device: `tank-0${index + 1}-inlet`,
    format: 'envelope',
    model: 'control-valve',
    intervalS: 2,
    units: { position: '%', inflow: 'm3/h' },
    inletOf: index,
    read: (plant, random) => ({
      position: round(plant.tanks[index].inletPositionPct, 1),
      inflow: round(Math.max(0, plant.tanks[index].inflowM3h * (1 + noise(random, 0.01))), 2),
    }),
  };
}

function pressure(letter: 'a' | 'b' | 'c', offsetBar: number): SimulatedDevice {
  return {
    site: SITE,
    area: 'pump-line',
    device: `press-01${letter}`,
    format: 'envelope',
    model: 'pressure-transmitter',
    intervalS: 2,
    units: { pressure: 'bar' },
    read: (plant, random) => ({ pressure: round(plant.line.pressureBar + offsetBar + noise(random, 0.02), 3) }),
  };
}

const pump: SimulatedDevice = {
  site: SITE,
  area: 'pump-line',
  device: 'pump-01',
  format: 'envelope',
  model: 'pump',
  intervalS: 2,
  units: { current: 'A', 'bearing-temperature': 'Cel', vibration: 'mm/s' },
  read: ({ line }, random) => ({
    running: line.isRunning,
    current: round(line.isRunning ? line.currentA + noise(random, 0.1) : 0, 2),
    'bearing-temperature': round(line.bearingC + noise(random, 0.1), 2),
    vibration: round(Math.max(0, line.vibrationMmS + noise(random, 0.05)), 3),
  }),
};

const flowMeter: SimulatedDevice = {
  site: SITE,
  area: 'pump-line',
  device: 'flow-01',
  format: 'flat',
  model: 'flow-meter',
  intervalS: 2,
  units: { flow: 'm3/h' },
  read: ({ line }, random) => ({ flow: round(Math.max(0, line.flowM3h + noise(random, 0.1)), 2) }),
};

const compressor: SimulatedDevice = {
  site: SITE,
  area: 'compressor',
  device: 'comp-01',
  format: 'flat',
  model: 'compressor',
  intervalS: 2,
  units: {
    load: '%',
    'suction-pressure': 'bar',
    'discharge-pressure': 'bar',
    'discharge-temperature': 'Cel',
    'oil-pressure': 'bar',
    'oil-temperature': 'Cel',
  },
  read: ({ compressor: machine }, random) => ({
    running: machine.mode !== 'stopped',
    state: machine.mode,
    load: round(machine.loadPct, 1),
    'suction-pressure': round(machine.suctionBar + noise(random, 0.002), 3),
    'discharge-pressure': round(machine.receiverBar + noise(random, 0.01), 3),
    'discharge-temperature': round(machine.dischargeC + noise(random, 0.1), 2),
    'oil-pressure': round(Math.max(0, machine.oilBar + noise(random, 0.01)), 3),
    'oil-temperature': round(machine.oilC + noise(random, 0.1), 2),
  }),
};

const room: SimulatedDevice = {
  site: 'home',
  area: 'gatehouse',
  device: 'room',
  format: 'bare',
  model: 'room-sensor',
  intervalS: 10,
  units: { temperature: 'Cel', humidity: '%' },
  read: (plant, random) => ({
    temperature: round(plant.roomC + noise(random, 0.05), 1),
    humidity: round(plant.roomHumidityPct, 0),
  }),
};

export const SIMULATED_DEVICES: readonly SimulatedDevice[] = [
  tankSensor(0),
  tankSensor(1),
  tankSensor(2),
  inletValve(0),
  inletValve(1),
  inletValve(2),
  pump,
  flowMeter,
  pressure('a', 0),
  pressure('b', 0.03),
  pressure('c', -0.05),
  compressor,
  room,
];

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
