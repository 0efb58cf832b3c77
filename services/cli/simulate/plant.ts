// The simulated plant as one value: three tanks, a transfer line, a compressor and the gatehouse's weather. Pure: the
// same seed gives the same day. The first state stands shortly before its first episodes, so that a newcomer sees an
// alarm come and go, and a valve obey, within a minute.

import type { Random } from '#domain/random.ts';
import { type Compressor, stepCompressor } from './compressor.ts';
import { clamp } from './dynamics.ts';
import { type PumpLine, stepPumpLine } from './pump-line.ts';
import { stepTank, type Tank, type TankTraits } from './tank.ts';

export type Plant = {
  /** Seconds since the start. */
  readonly timeS: number;
  readonly tanks: readonly [Tank, Tank, Tank];
  readonly line: PumpLine;
  readonly compressor: Compressor;
  readonly roomC: number;
  readonly roomHumidityPct: number;
};

export type TankIndex = 0 | 1 | 2;

const QUIET: TankTraits = {
  fillAtM: 5.2,
  stopAtM: 7.9,
  isStopSwitchStuck: false,
  fillPositionPct: 80,
  coolFromC: 56,
  coolToC: 52,
  coolingSticksEvery: 0,
};

const TRAITS: readonly [TankTraits, TankTraits, TankTraits] = [
  { ...QUIET, coolFromC: 76, coolToC: 72, coolingSticksEvery: 3 },
  { ...QUIET, fillAtM: 7.8, stopAtM: 8.4, isStopSwitchStuck: true, fillPositionPct: 100, coolFromC: 64, coolToC: 60 },
  QUIET,
];

const CALM_TANK: Tank = {
  levelM: 6.4,
  temperatureC: 54,
  inletPositionPct: 0,
  inletTargetPct: 0,
  inflowM3h: 0,
  demandM3h: 20,
  cooling: 'off',
  coolingCycles: 1,
};

export const FIRST_PLANT: Plant = {
  timeS: 0,
  tanks: [
    { ...CALM_TANK, temperatureC: 81, cooling: 'stuck', coolingCycles: 0 },
    {
      ...CALM_TANK,
      levelM: 8.56,
      temperatureC: 61,
      inletPositionPct: 100,
      inletTargetPct: 100,
      inflowM3h: 60,
    },
    CALM_TANK,
  ],
  line: {
    isRunning: true,
    clogging: 0.5,
    restS: 0,
    flowM3h: 38.3,
    pressureBar: 5.2,
    currentA: 25.7,
    bearingC: 54,
    vibrationMmS: 1.8,
  },
  compressor: {
    mode: 'loaded',
    receiverBar: 7.1,
    suctionBar: -0.03,
    loadPct: 96,
    dischargeC: 79,
    oilBar: 2.3,
    oilC: 62,
    oilFilter: 0.55,
    restS: 0,
  },
  roomC: 19,
  roomHumidityPct: 48,
};

/** The plant after `dtS` seconds (at most a few: the controllers look once per step). */
export function stepPlant(plant: Plant, dtS: number, random: Random): Plant {
  const timeS = plant.timeS + dtS;
  const [a, b, c] = plant.tanks;
  return {
    timeS,
    tanks: [
      stepTank(a, TRAITS[0], dtS, random),
      stepTank(b, TRAITS[1], dtS, random),
      stepTank(c, TRAITS[2], dtS, random),
    ],
    line: stepPumpLine(plant.line, dtS),
    compressor: stepCompressor(plant.compressor, dtS),
    roomC: 19 + 3 * Math.sin((2 * Math.PI * timeS) / 86_400),
    roomHumidityPct: clamp(plant.roomHumidityPct + (random() - 0.5) * 0.2 * dtS, 35, 65),
  };
}

/** The plant with the inlet of one tank sent to another position; the actuator then takes its time. */
export function withInletTarget(plant: Plant, index: TankIndex, targetPct: number): Plant {
  const tanks = plant.tanks.map((tank, i) => (i === index ? { ...tank, inletTargetPct: targetPct } : tank));
  return { ...plant, tanks: tanks as unknown as Plant['tanks'] };
}
