// One tank of the simulated farm: a fill controller with hysteresis, an inlet valve with a slow actuator, a level that
// follows from what flows in and out, and a recirculation loop that heats and is cooled. Pure.
// Its two faults are what an operator meets: a level switch that sticks (so the controller does not stop filling), and a
// cooling valve that sticks for a while.

import type { Random } from '#domain/random.ts';
import { clamp, towards } from './dynamics.ts';

export type TankTraits = {
  /** The fill controller opens the inlet at or below this level and shuts it at or above `stopAtM`. */
  readonly fillAtM: number;
  readonly stopAtM: number;
  /** The switch at `stopAtM` never answers: only a command from outside shuts the inlet. */
  readonly isStopSwitchStuck: boolean;
  readonly fillPositionPct: number;
  /** Cooling runs from the upper to the lower temperature. */
  readonly coolFromC: number;
  readonly coolToC: number;
  /** Every how many cooling cycles the cooling valve sticks; 0 never. */
  readonly coolingSticksEvery: number;
};

export type Tank = {
  readonly levelM: number;
  readonly temperatureC: number;
  readonly inletPositionPct: number;
  readonly inletTargetPct: number;
  readonly inflowM3h: number;
  readonly demandM3h: number;
  readonly cooling: 'off' | 'on' | 'stuck';
  readonly coolingCycles: number;
};

const AREA_M2 = 3;
/** The overflow weir: above it everything runs into the bund. */
export const WEIR_M = 9.4;
const INFLOW_M3H_MAX = 60;
/** Full stroke in five seconds, as a pneumatic actuator of this size does. */
const STROKE_PCT_PER_S = 20;
/** 200 kW into a loop of 1 t of product, and 840 kW out of it while cooling. */
const HEATING_C_PER_S = 0.05;
const COOLING_C_PER_S = 0.2;
/** Where the stuck cooling valve frees itself, above the upper temperature. */
const STUCK_RELEASE_C = 6;

export function stepTank(tank: Tank, traits: TankTraits, dtS: number, random: Random): Tank {
  const inletTargetPct = fillController(tank, traits);
  const travel = STROKE_PCT_PER_S * dtS;
  const inletPositionPct = towards(tank.inletPositionPct, inletTargetPct, travel);
  const inflowM3h = (INFLOW_M3H_MAX * inletPositionPct) / 100;
  const demandM3h = clamp(tank.demandM3h + (random() - 0.5) * dtS, 16, 24);
  const outflowM3h = tank.levelM > 0.5 ? demandM3h : 0;
  const rise = ((inflowM3h - outflowM3h) / 3_600 / AREA_M2) * dtS;
  return {
    ...stepTemperature(tank, traits, dtS, random),
    levelM: clamp(tank.levelM + rise, 0, WEIR_M),
    inletPositionPct,
    inletTargetPct,
    inflowM3h,
    demandM3h,
  };
}

function fillController(tank: Tank, traits: TankTraits): number {
  if (tank.levelM <= traits.fillAtM) return traits.fillPositionPct;
  if (tank.levelM >= traits.stopAtM && !traits.isStopSwitchStuck) return 0;
  return tank.inletTargetPct;
}

function stepTemperature(
  tank: Tank,
  traits: TankTraits,
  dtS: number,
  random: Random,
): Pick<Tank, 'temperatureC' | 'cooling' | 'coolingCycles'> {
  const { temperatureC, coolingCycles } = tank;
  const cooling = coolingOf(tank, traits);
  const rate = (cooling === 'on' ? -COOLING_C_PER_S : HEATING_C_PER_S) * (0.9 + 0.2 * random());
  return {
    temperatureC: temperatureC + rate * dtS,
    cooling,
    coolingCycles: cooling === 'on' && tank.cooling !== 'on' ? coolingCycles + 1 : coolingCycles,
  };
}

function coolingOf(tank: Tank, traits: TankTraits): Tank['cooling'] {
  const { temperatureC, cooling, coolingCycles } = tank;
  if (cooling === 'on') return temperatureC > traits.coolToC ? 'on' : 'off';
  if (cooling === 'stuck') return temperatureC < traits.coolFromC + STUCK_RELEASE_C ? 'stuck' : 'on';
  if (temperatureC < traits.coolFromC) return 'off';
  const sticks = traits.coolingSticksEvery > 0 && coolingCycles % traits.coolingSticksEvery === 0;
  return sticks ? 'stuck' : 'on';
}
