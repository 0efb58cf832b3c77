// The simulated transfer line: a pump against a filter that clogs. Pressure rises and flow falls until the shift stops
// the pump and changes the basket; then it starts again. Pure.

import { lag, towards } from './dynamics.ts';

export type PumpLine = {
  readonly isRunning: boolean;
  /** 0 clean to 1 as clogged as the shift lets it get. */
  readonly clogging: number;
  /** Standstill left for the basket change. */
  readonly restS: number;
  readonly flowM3h: number;
  readonly pressureBar: number;
  readonly currentA: number;
  readonly bearingC: number;
  readonly vibrationMmS: number;
};

/** From a clean basket to a full one. */
const CLOG_S = 500;
const BASKET_CHANGE_S = 25;
const STATIC_BAR = 0.4;
const AMBIENT_C = 24;

export function stepPumpLine(line: PumpLine, dtS: number): PumpLine {
  const { isRunning, clogging, restS } = nextDuty(line, dtS);
  const blocked = clogging ** 2;
  return {
    isRunning,
    clogging,
    restS,
    flowM3h: lag(line.flowM3h, isRunning ? 42 * (1 - 0.35 * blocked) : 0, 2, dtS),
    pressureBar: lag(line.pressureBar, isRunning ? 4.7 + 1.9 * blocked : STATIC_BAR, 2, dtS),
    currentA: isRunning ? 18 + 0.2 * line.flowM3h : 0,
    bearingC: lag(line.bearingC, isRunning ? 50 + 22 * blocked : AMBIENT_C, 150, dtS),
    vibrationMmS: lag(line.vibrationMmS, isRunning ? 1.4 + 1.6 * blocked : 0, 3, dtS),
  };
}

function nextDuty(line: PumpLine, dtS: number): Pick<PumpLine, 'isRunning' | 'clogging' | 'restS'> {
  if (!line.isRunning) {
    const restS = line.restS - dtS;
    return restS > 0
      ? { isRunning: false, clogging: line.clogging, restS }
      : { isRunning: true, clogging: 0, restS: 0 };
  }
  const clogging = towards(line.clogging, 1, dtS / CLOG_S);
  return clogging < 1
    ? { isRunning: true, clogging, restS: 0 }
    : { isRunning: false, clogging, restS: BASKET_CHANGE_S };
}
