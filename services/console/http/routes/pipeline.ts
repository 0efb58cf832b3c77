// The pipeline itself: how every service is, and the numbers that they tell.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { healthView, pipelineView } from '../../api/schemas/pipeline.ts';
import { readHealth } from '../../pipeline/health.ts';
import { readNumbers } from '../../pipeline/read-numbers.ts';
import type { AppParts } from '../app.ts';
import { revisionOf } from '../revalidation.ts';

const numbers = {
  summary: 'What services told of themselves in the last minutes: rates, queues, lag',
  response: { 200: pipelineView },
};
const health = {
  summary: 'How every service is, and how old its numbers are',
  description: 'Answers 200 also where something is wrong; `isWell` says whether anything is.',
  response: { 200: healthView },
};

export function pipelineRoutes(parts: AppParts): FastifyPluginAsyncZod {
  const { plant, bus, now, numbersEveryMs } = parts;
  const { tellings } = plant;
  return async (app) => {
    const config = { least: 'viewer', revision: revisionOf(parts, 'pipeline') } as const;
    app.get('/pipeline', { config, schema: numbers }, () => ({
      everyMs: numbersEveryMs,
      numbers: [...tellings.devices()].flatMap((device) => readNumbers(device, tellings.of(device))),
    }));
    app.get('/health', { config: { least: 'viewer' }, schema: health }, () =>
      readHealth({ services: plant.services(), tellings, broker: bus.problem() ?? null, now: now() }),
    );
  };
}
