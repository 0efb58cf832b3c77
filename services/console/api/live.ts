// What the event stream carries: the contract between server and page. All moments are ms since the epoch.

import type { AlarmMessage } from '#domain/alarm.ts';
import type { DeviceCommands } from '#domain/command-life.ts';
import type { DeviceView } from '#domain/device.ts';
import type { Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import type { Rejected } from '#domain/rejected.ts';
import type { ServiceStatus } from '#domain/service.ts';

/** `id` is `site/area/rule/instance`, also the path below `/api/alarms/`. */
export type AlarmView = AlarmMessage & { readonly id: string };

/** The newest value of a series. */
export type ValueView = {
  /** Short name of the series in this process's event stream. */
  readonly id: number;
  readonly site: string;
  readonly area: string;
  readonly device: string;
  readonly metric: string;
  readonly value: Value | null;
  readonly quality: Quality;
  readonly measuredAt: number;
  /** UCUM code, where the device's model names one. */
  readonly unit: string | null;
  /** Past this age the value no longer stands for the plant: three intervals of the model, else 60 s. */
  readonly staleAfterMs: number;
  /** So far apart its points may stand in the store though none is missing; 0: it has them all. */
  readonly storedEveryMs: number;
};

/** A change of a value whose series the page has already been told. */
export type ValueChange = readonly [id: number, value: Value | null, quality: Quality, measuredAt: number];

/** As it was told when it came. Its payload is cut further: a person recognises it by its beginning. */
export type RejectView = Rejected & {
  /** Counts what was refused since the console started. */
  readonly n: number;
  /** The reason code in general words. */
  readonly meaning: string;
};

/** What did not fit into the bounds of memory since the console started. */
export type Dropped = { readonly alarms: number; readonly series: number; readonly devices: number };

export type Link = {
  /** What is wrong between console and broker, in words; null while it works. Everything live is old while it is not null. */
  readonly broker: string | null;
};

/** Event `snapshot`: first on every connection; replaces all that the page knew. */
export type Snapshot = Link & {
  readonly now: number;
  readonly alarms: readonly AlarmView[];
  readonly values: readonly ValueView[];
  readonly devices: readonly DeviceView[];
  readonly services: readonly ServiceStatus[];
  /** Of devices that people have sent commands to lately. */
  readonly commands: readonly DeviceCommands[];
  readonly rejected: readonly RejectView[];
  readonly dropped: Dropped;
};

/** Event `alarms`: sent at once. A null alarm is gone. */
export type AlarmChanges = readonly { readonly id: string; readonly alarm: AlarmView | null }[];

/** Event `changes`: everything else, coalesced; also sent without content as a sign of life. */
export type Changes = Link & {
  readonly now: number;
  readonly added: readonly ValueView[];
  readonly changed: readonly ValueChange[];
  readonly devices: readonly DeviceView[];
  readonly services: readonly ServiceStatus[];
  /** Newest first. */
  readonly rejected: readonly RejectView[];
  readonly dropped: Dropped;
};
