// What was refused and is kept on disk, and what becomes of it. All moments are ms since the epoch.

import type { RejectedGroup } from '#runtime/rejected-log/group-rejected.ts';
import type { RejectingService } from '#runtime/rejected-log/layout.ts';
import type { rejectionHead } from '#runtime/rejected-log/rejection-json.ts';

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
