// What the console's HTTP API and its event stream carry: the one contract between server and page.
// The page imports types, and the one name; everything is JSON, all moments are ms since the epoch.

import type { AlarmMessage, Role } from '#domain/alarm.ts';
import type { DeviceView } from '#domain/device.ts';
import type { Value } from '#domain/point.ts';
import type { Quality } from '#domain/quality.ts';
import type { Rejected } from '#domain/rejected.ts';
import type { ServiceStatus } from '#domain/service.ts';
import type { RejectedGroup } from '#runtime/rejected-log/group-rejected.ts';
import type { RejectingService } from '#runtime/rejected-log/layout.ts';
import type { rejectionHead } from '#runtime/rejected-log/rejection-json.ts';

/** On every request that changes something; a page of another origin cannot send it. */
export const PAGE_HEADER = 'x-penstock-page';

export type SessionView = { readonly user: string; readonly role: Role; readonly expiresAt: number };

/** Asked for before anybody is logged in. */
export type LoginView = {
  /** `nobody`: no user was ever made; `broken`: the files of users have a mistake, and nobody can log in. */
  readonly people: 'there' | 'nobody' | 'broken';
};

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

/** Buckets of one series, oldest first; null where the store has nothing. */
export type Trend = {
  readonly from: number;
  readonly to: number;
  readonly intervalMs: number;
  /** Two neighbours farther apart than this are not to be joined by a line. */
  readonly gapMs: number;
  readonly unit: string | null;
  readonly at: readonly number[];
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
};

export type JournalRow = {
  readonly at: number;
  readonly alarmId: string;
  readonly seq: number;
  readonly site: string;
  readonly area: string;
  readonly rule: string;
  readonly instance: string;
  readonly episode: number;
  readonly event: string;
  readonly state: string;
  readonly overlay: string | null;
  readonly priority: string;
  /** The limit that was passed, where there is one. */
  readonly limit: number | null;
  readonly summary: string;
  readonly actor: string | null;
  readonly comment: string | null;
  readonly command: string | null;
  readonly commandReason: string | null;
  /** Decided on data that came too late to be acted on. */
  readonly historical: boolean;
  readonly shadow: boolean;
};

/** What was refused and is kept. The payload, where it comes along, is text where it is UTF-8, else base64. */
export type RejectionView = ReturnType<typeof rejectionHead> & {
  readonly payload?: string;
  readonly payloadBase64?: string;
};

type FromDisk = {
  /** Services that keep theirs on another machine. */
  readonly elsewhere: readonly RejectingService[];
};

/** The newest first. */
export type RejectedPage = FromDisk & {
  readonly rejected: readonly RejectionView[];
  /** `cursor` of the next page; null: there is none. A page may hold less than was asked for, and still have a next. */
  readonly next: string | null;
};

/** What was refused, by kind; the one that was met last first. */
export type RejectedGroupsView = FromDisk & {
  readonly groups: readonly RejectedGroup[];
  /** Groups beyond those. */
  readonly more: number;
  /** What came before is not counted: there is too much; null: everything is. */
  readonly since: number | null;
};

export type ReplayView = {
  readonly isDryRun: boolean;
  /** Sent, or to be sent. */
  readonly count: number;
  /** Cannot be sent: only their beginning is kept. */
  readonly cut: number;
  readonly bytes: number;
  /** Where most of them go. */
  readonly topics: readonly { readonly topic: string; readonly count: number }[];
  readonly onOtherTopics: number;
  /** There is more than one replay takes: `cursor` of the next; null: that was all. */
  readonly next: string | null;
};

/** RFC 9457, `application/problem+json`. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
};
