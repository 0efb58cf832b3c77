// The simulated compressor: load/unload control around the receiver's pressure, and an oil filter that clogs until the
// oil pressure falls; then it is stopped, gets a new filter and starts again. Pure.

import { clamp, lag, towards } from './dynamics.ts';

export type Compressor = {
  readonly mode: 'loaded' | 'unloaded' | 'stopped';
  readonly receiverBar: number;
  readonly suctionBar: number;
  readonly loadPct: number;
  readonly dischargeC: number;
  readonly oilBar: number;
  readonly oilC: number;
  /** 0 new to 1 due. */
  readonly oilFilter: number;
  readonly restS: number;
};

const LOAD_BELOW_BAR = 6.8;
const UNLOAD_ABOVE_BAR = 7.5;
/** With the machine running the receiver fills in 35 s; the plant draws it down in a minute. */
const FILL_BAR_PER_S = 0.02;
const DRAW_BAR_PER_S = 0.012;
const FILTER_S = 660;
const FILTER_CHANGE_S = 45;

export function stepCompressor(machine: Compressor, dtS: number): Compressor {
  const { mode, oilFilter, restS } = nextDuty(machine, dtS);
  const isRunning = mode !== 'stopped';
  const isLoaded = mode === 'loaded';
  const flow = isLoaded ? FILL_BAR_PER_S : -DRAW_BAR_PER_S;
  return {
    mode,
    oilFilter,
    restS,
    receiverBar: clamp(machine.receiverBar + flow * dtS, 0, 8),
    suctionBar: lag(machine.suctionBar, isLoaded ? -0.03 : 0, 2, dtS),
    loadPct: lag(machine.loadPct, isLoaded ? 96 : isRunning ? 22 : 0, 2, dtS),
    dischargeC: lag(machine.dischargeC, isLoaded ? 84 : isRunning ? 68 : 24, 60, dtS),
    // The fourth power: a filter's resistance shows late, and then fast.
    oilBar: lag(machine.oilBar, isRunning ? 2.4 * (1 - 0.6 * oilFilter ** 4) : 0.05, 3, dtS),
    oilC: lag(machine.oilC, isLoaded ? 66 : isRunning ? 58 : 24, 90, dtS),
  };
}

function nextDuty(machine: Compressor, dtS: number): Pick<Compressor, 'mode' | 'oilFilter' | 'restS'> {
  const { mode, receiverBar } = machine;
  if (mode === 'stopped') {
    const restS = machine.restS - dtS;
    if (restS > 0) return { mode, oilFilter: machine.oilFilter, restS };
    return { mode: 'loaded', oilFilter: 0, restS: 0 };
  }
  const oilFilter = towards(machine.oilFilter, 1, dtS / FILTER_S);
  if (oilFilter >= 1) return { mode: 'stopped', oilFilter, restS: FILTER_CHANGE_S };
  if (receiverBar <= LOAD_BELOW_BAR) return { mode: 'loaded', oilFilter, restS: 0 };
  if (receiverBar >= UNLOAD_ABOVE_BAR) return { mode: 'unloaded', oilFilter, restS: 0 };
  return { mode, oilFilter, restS: 0 };
}
