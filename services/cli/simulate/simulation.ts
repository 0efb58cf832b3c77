// The simulated plant at work: physics forward, every device that is due publishes, valves obey, instruments misbehave
// when it is their time. It has no clock: the caller ticks it and says what time it is.

import { createRandom, type Random } from '#domain/random.ts';
import { topics } from '#domain/topic.ts';
import type { DeviceLink, OpenLink } from './device-link.ts';
import { SIMULATED_DEVICES, type SimulatedDevice } from './devices.ts';
import { garbledKind, isSilent } from './episodes.ts';
import { brokenMessage, metaMessage, readingMessages, statusMessage } from './payload.ts';
import { FIRST_PLANT, type Plant, stepPlant, withInletTarget } from './plant.ts';
import { IDLE_VALVE, receiveCommand, type ValveProtocol, type ValveStep, valveMoved } from './valve-protocol.ts';

/** Plant time per tick. */
export const TICK_S = 1;

type Station = {
  readonly device: SimulatedDevice;
  readonly link: DeviceLink;
  sequence: number;
  isCut: boolean;
  valve: ValveProtocol;
};

export type SimulationOptions = {
  readonly seed: number;
  readonly openLink: OpenLink;
  /** ms since the epoch; stamps readings and judges whether a command has expired. */
  readonly now: () => number;
};

export class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #boot: number;
  readonly #stations: readonly Station[];
  #plant: Plant = FIRST_PLANT;
  #sentCount = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    // Seconds since the epoch: greater at every start, so that no receiver takes a new start's records for repeats.
    this.#boot = Math.floor(options.now() / 1_000);
    this.#stations = SIMULATED_DEVICES.map((device) => this.#station(device));
  }

  get plant(): Plant {
    return this.#plant;
  }

  get sentCount(): number {
    return this.#sentCount;
  }

  get connectedCount(): number {
    return this.#stations.filter((station) => station.link.isConnected).length;
  }

  /** One second of plant time. */
  tick(): void {
    const fromS = this.#plant.timeS;
    this.#plant = stepPlant(this.#plant, TICK_S, this.#random);
    for (const station of this.#stations) {
      this.#keepConnection(station);
      this.#report(station, fromS);
      this.#followValve(station);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#stations.map((station) => station.link[Symbol.asyncDispose]()));
  }

  #station(device: SimulatedDevice): Station {
    const events = {
      onConnected: () => this.#announce(station),
      onCommand: (payload: string, isRetained: boolean) => {
        const received = { payload, isRetained };
        this.#act(station, receiveCommand(station.valve, received, this.#options.now()));
      },
    };
    const link = this.#options.openLink(device, events);
    const station: Station = { device, link, sequence: 0, isCut: false, valve: IDLE_VALVE };
    return station;
  }

  #announce({ device, link }: Station): void {
    if (device.format === 'bare') return;
    link.send(metaMessage(device));
    link.send(statusMessage(device, 'online'));
  }

  #keepConnection(station: Station): void {
    const isCut = isSilent(station.device.device, this.#plant.timeS);
    if (isCut && !station.isCut) station.link.cut();
    if (!isCut && station.isCut) station.link.restore();
    station.isCut = isCut;
  }

  #report(station: Station, fromS: number): void {
    const { device, link } = station;
    const { timeS } = this.#plant;
    const readings = device.read(this.#plant, this.#random);
    const broken = garbledKind(device.device, fromS, timeS);
    if (station.isCut) return;
    if (broken !== undefined) {
      link.send(brokenMessage(device, readings, broken));
      return;
    }
    if (Math.floor(timeS / device.intervalS) === Math.floor(fromS / device.intervalS)) return;
    const stamp = { boot: this.#boot, sequence: station.sequence++, measuredAt: this.#options.now() };
    for (const message of readingMessages(device, readings, stamp)) link.send(message);
    this.#sentCount++;
  }

  #followValve(station: Station): void {
    const index = station.device.inletOf;
    if (index === undefined) return;
    const tank = this.#plant.tanks[index];
    this.#act(station, valveMoved(station.valve, tank.inletPositionPct, this.#options.now()));
  }

  #act(station: Station, step: ValveStep): void {
    const { device, link } = station;
    station.valve = step.state;
    if (step.targetPct !== undefined && device.inletOf !== undefined) {
      this.#plant = withInletTarget(this.#plant, device.inletOf, step.targetPct);
    }
    for (const reply of step.replies) {
      link.send({ topic: topics.device(device, 'ack'), payload: JSON.stringify(reply), retain: false });
    }
  }
}
