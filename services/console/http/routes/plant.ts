// The plant as it stands: latest values, devices, services. Each list is bounded by the plant itself.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { makeSeries } from '#domain/series.ts';
import { deviceKey } from '#domain/topic.ts';
import { deviceView } from '../../api/schemas/device.ts';
import { moment } from '../../api/schemas/named.ts';
import { serviceStatus } from '../../api/schemas/service.ts';
import { valueView } from '../../api/schemas/value.ts';
import type { Plant } from '../../plant/plant.ts';
import type { AppParts } from '../app.ts';
import { linkNext, nextCursor, pageOf, pagingQuery } from '../paging.ts';
import { revisionOf } from '../revalidation.ts';

const values = {
  summary: 'The newest value of every series',
  querystring: z.strictObject(pagingQuery('values')),
  response: { 200: z.object({ now: moment, values: z.array(valueView).readonly(), next: nextCursor }) },
};
const devices = {
  summary: 'Every device that is known',
  querystring: z.strictObject(pagingQuery('devices')),
  response: { 200: z.object({ now: moment, devices: z.array(deviceView).readonly(), next: nextCursor }) },
};
const services = {
  summary: 'What each service says of itself',
  response: { 200: z.object({ services: z.array(serviceStatus).readonly() }) },
};

export function plantRoutes(parts: AppParts): FastifyPluginAsyncZod {
  const { plant, now } = parts;
  const reading = (list: Parameters<Plant['revision']>[0]) =>
    ({ least: 'viewer', revision: revisionOf(parts, list) }) as const;
  return async (app) => {
    app.get('/values', { config: reading('values'), schema: values }, (request, reply) => {
      const keyOf = (name: Parameters<typeof makeSeries>[0]) => makeSeries(name).key;
      const { page, next } = pageOf({ list: 'values', items: plant.values(), keyOf }, request.query);
      linkNext(request, reply, next);
      return { now: now(), values: page, next };
    });
    app.get('/devices', { config: reading('devices'), schema: devices }, (request, reply) => {
      const { page, next } = pageOf({ list: 'devices', items: plant.devices(), keyOf: deviceKey }, request.query);
      linkNext(request, reply, next);
      return { now: now(), devices: page, next };
    });
    app.get('/services', { config: reading('services'), schema: services }, () => ({ services: plant.services() }));
  };
}
