// What each route of the API has to say of itself, checked when it is added: who may ask it, and in a few words what it does. The
// documentation is made of it, so no route can be there without.

import type { FastifyInstance } from 'fastify';

/** The routes of this instance, and of what is registered in it, that are added from now on. */
export function demandSummary(app: FastifyInstance): void {
  app.addHook('onRoute', ({ url, schema }) => {
    if (schema?.summary === undefined) throw new Error(`the route ${url} does not say what it does: schema.summary`);
  });
}

export function demandRole(app: FastifyInstance): void {
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.least === undefined) throw new Error(`the route ${url} does not say who may ask it`);
  });
}
