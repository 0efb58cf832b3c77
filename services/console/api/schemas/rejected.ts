import { z } from 'zod';
import { REJECT_REASONS, type RejectReason } from '#domain/rejected.ts';
import { REJECTING_SERVICES } from '#runtime/rejected-log/layout.ts';
import type { RejectedGroupsView, RejectedPage, RejectionView, ReplayView } from '../rejected.ts';
import { moment, named } from './named.ts';

const reason = z.enum(Object.keys(REJECT_REASONS) as [RejectReason, ...RejectReason[]]);
const elsewhere = z
  .array(z.enum(REJECTING_SERVICES))
  .readonly()
  .describe('Services that keep theirs on another machine');
const next = z.string().nullable().describe('`cursor` of what follows; null: that was all');

export const rejectionView = named(
  'Rejection',
  z
    .object({
      id: z.string(),
      service: z.enum(REJECTING_SERVICES),
      topic: z.string(),
      receivedAt: moment,
      retained: z.boolean(),
      replayedAt: moment.nullable(),
      refusals: z
        .array(z.object({ reason, message: z.string(), place: z.string().exactOptional() }))
        .readonly()
        .describe('Why it was not taken'),
      payloadBytes: z.number(),
      payload: z.string().exactOptional().describe('Where it is asked for alone, and is text'),
      payloadBase64: z.string().exactOptional().describe('Where it is asked for alone, and is no text'),
    })
    .describe('A message that was refused and is kept.'),
) satisfies z.ZodType<RejectionView>;

export const rejectedPage = z.object({
  rejected: z.array(rejectionView).readonly().describe('The newest first'),
  next,
  elsewhere,
}) satisfies z.ZodType<RejectedPage>;

export const rejectedGroups = z.object({
  groups: z
    .array(
      z.object({
        id: z.string().nullable().describe('null where it stands for many kinds'),
        reason,
        device: z.string().nullable(),
        topic: z.string(),
        message: z.string(),
        place: z.string().nullable(),
        count: z.number(),
        waiting: z.number().describe('Those that have not been sent again'),
        firstAt: moment,
        lastAt: moment,
        exampleId: z.string(),
      }),
    )
    .readonly(),
  more: z.number().describe('Groups beyond those'),
  since: moment.nullable().describe('What came before is not counted; null: everything is'),
  elsewhere,
}) satisfies z.ZodType<RejectedGroupsView>;

export const replayView = z.object({
  isDryRun: z.boolean(),
  count: z.number().describe('Sent, or to be sent'),
  cut: z.number().describe('Cannot be sent: only their beginning is kept'),
  bytes: z.number(),
  topics: z.array(z.object({ topic: z.string(), count: z.number() })).readonly(),
  onOtherTopics: z.number(),
  next,
}) satisfies z.ZodType<ReplayView>;
