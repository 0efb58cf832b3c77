// The JSON that other services publish, checked once where it comes in. Unknown keys are let through and left out:
// a newer service may say more than this console understands.

import { z } from 'zod';
import { ALARM_OVERLAYS, ALARM_STATES, type AlarmMessage, PRIORITIES, UNKNOWN_REASONS } from '#domain/alarm.ts';
import { COMMAND_STATUSES } from '#domain/command.ts';
import type { DeviceCommands } from '#domain/command-life.ts';
import { type DeviceView, parseDeviceView } from '#domain/device.ts';
import { type GapReport, parseGapReport } from '#domain/gaps.ts';
import { REJECT_REASONS, type Rejected, type RejectReason } from '#domain/rejected.ts';
import { parseRulesStatus, type RulesStatus } from '#domain/rules-status.ts';
import { parseServiceStatus, type ServiceStatus } from '#domain/service.ts';

const moment = z.number();
const labels = z.record(z.string(), z.string());

export const inputSnapshot = z.object({
  metric: z.string(),
  value: z.union([z.number(), z.boolean(), z.string(), z.null()]),
  quality: z.enum(['GOOD', ...UNKNOWN_REASONS]),
  ageMs: z.number().nullable(),
  unit: z.string().exactOptional(),
});

const rationalisation = z.object({
  cause: z.string().optional(),
  consequence: z.string().optional(),
  response: z.string().optional(),
  timeToRespond: z.string().optional(),
});

const command = z.object({
  cid: z.string(),
  command: z.string(),
  device: z.string(),
  status: z.enum(COMMAND_STATUSES),
});

export const alarmMessage = z.object({
  alarmId: z.string().min(1),
  seq: z.int(),
  rule: z.string(),
  rev: z.string(),
  name: z.string(),
  site: z.string(),
  area: z.string(),
  instance: z.string(),
  state: z.enum(ALARM_STATES),
  overlay: z.enum(ALARM_OVERLAYS).nullable(),
  shelvedUntil: moment.nullable(),
  shelvingMsMax: z.number(),
  priority: z.enum(PRIORITIES),
  firstOut: z.boolean(),
  episode: z.int(),
  quality: z.enum(['GOOD', 'UNKNOWN', 'STOPPED', ...UNKNOWN_REASONS]),
  activeSince: moment,
  clearedAt: moment.nullable(),
  changedAt: moment,
  ackedBy: z.string().nullable(),
  ackComment: z.string().nullable(),
  inputs: z.record(z.string(), inputSnapshot),
  summary: z.string(),
  reason: z.string(),
  rationalisation: rationalisation.exactOptional(),
  labels,
  commands: z.array(command).readonly(),
  shadow: z.boolean(),
}) satisfies z.ZodType<AlarmMessage>;

export const commandLife = z.object({
  cid: z.string(),
  command: z.string(),
  args: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
  by: z.string(),
  comment: z.string().nullable(),
  status: z.enum(COMMAND_STATUSES),
  askedAt: moment,
  expiresAt: moment,
  verifies: z.boolean(),
  verifyUntil: moment.nullable(),
  steps: z
    .array(z.object({ status: z.enum(COMMAND_STATUSES), at: moment, reason: z.string().exactOptional() }))
    .readonly(),
});

export const deviceCommands = z.object({
  site: z.string(),
  area: z.string(),
  device: z.string(),
  commands: z.array(commandLife),
}) satisfies z.ZodType<DeviceCommands>;

export const deviceView = z.unknown().transform((value, ctx): DeviceView => {
  const view = parseDeviceView(value);
  if (typeof view !== 'string') return view;
  ctx.addIssue({ code: 'custom', message: view });
  return z.NEVER;
});

export const gapReport = z.unknown().transform((value, ctx): GapReport => {
  const report = parseGapReport(value);
  if (typeof report !== 'string') return report;
  ctx.addIssue({ code: 'custom', message: report });
  return z.NEVER;
});

export const serviceStatus = z.unknown().transform((value, ctx): ServiceStatus => {
  const status = parseServiceStatus(value);
  if (typeof status !== 'string') return status;
  ctx.addIssue({ code: 'custom', message: status });
  return z.NEVER;
});

export const rulesStatus = z.unknown().transform((value, ctx): RulesStatus => {
  const status = parseRulesStatus(value);
  if (typeof status !== 'string') return status;
  ctx.addIssue({ code: 'custom', message: status });
  return z.NEVER;
});

export const rejected = z.object({
  id: z.string().exactOptional(),
  reason: z.enum(Object.keys(REJECT_REASONS) as [RejectReason, ...RejectReason[]]),
  message: z.string(),
  place: z.string().exactOptional(),
  topic: z.string(),
  payload: z.string(),
  payloadEncoding: z.enum(['utf8', 'base64']),
  payloadBytes: z.number(),
  receivedAt: moment,
}) satisfies z.ZodType<Rejected>;
