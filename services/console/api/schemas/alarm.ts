import { z } from 'zod';
import { alarmMessage } from '../../plant/schemas.ts';
import type { AlarmView } from '../live.ts';
import { named } from './named.ts';

export const alarmView = named(
  'Alarm',
  alarmMessage
    .extend({ id: z.string().describe('site/area/rule/instance, also the path below /api/alarms/') })
    .describe('An alarm as it stands; `seq` rises with each of its changes, `episode` each time that it comes anew.'),
) satisfies z.ZodType<AlarmView>;
