import { z } from 'zod';
import { ROLES } from '#domain/alarm.ts';
import type { LoginView, SessionView } from '../http.ts';
import { moment, named } from './named.ts';

export const sessionView = named(
  'Session',
  z.object({ user: z.string(), role: z.enum(ROLES), expiresAt: moment }),
) satisfies z.ZodType<SessionView>;

export const loginView = z.object({
  people: z
    .enum(['there', 'nobody', 'broken'])
    .describe('nobody: no user was ever made; broken: the files of users have a mistake, and nobody can log in'),
}) satisfies z.ZodType<LoginView>;
