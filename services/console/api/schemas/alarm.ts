import { z } from 'zod';
import { alarmMessage } from '../../plant/schemas.ts';
import type { OperationResults } from '../alarms.ts';
import type { AlarmView } from '../live.ts';
import { named } from './named.ts';

export const alarmView = named(
  'Alarm',
  alarmMessage
    .extend({ id: z.string().describe('site/area/rule/instance, also the path below /api/alarms/') })
    .describe('An alarm as it stands; `seq` rises with each of its changes, `episode` each time that it comes anew.'),
) satisfies z.ZodType<AlarmView>;

const operationResult = z.discriminatedUnion('ok', [
  z.object({ id: z.string(), ok: z.literal(true).describe('The broker has it') }),
  z.object({ id: z.string(), ok: z.literal(false), status: z.int(), detail: z.string().describe('Why not') }),
]);

export const operationResults = z
  .object({ results: z.array(operationResult).readonly() })
  .describe('In the order of the request.') satisfies z.ZodType<OperationResults>;
