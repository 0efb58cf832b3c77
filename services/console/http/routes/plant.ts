// The plant as it stands: latest values, devices, services. Each list is bounded by the plant itself.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AppParts } from '../app.ts';

export function plantRoutes({ plant, now }: AppParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/values', { config: { least: 'viewer' } }, () => ({ now: now(), values: plant.snapshot().values }));
    app.get('/devices', { config: { least: 'viewer' } }, () => ({ now: now(), devices: plant.snapshot().devices }));
    app.get('/services', { config: { least: 'viewer' } }, () => ({ services: plant.snapshot().services }));
  };
}
