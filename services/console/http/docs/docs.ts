// The documentation of the API at /docs, for whoever is logged in: made of what the routes say, drawn by Swagger UI from this host.

import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify';
import { openApiOptions } from './openapi.ts';

const DOCS = '/docs';

/**
 * Swagger UI has its pictures in its style sheet as data: addresses, and makes markup of descriptions by innerHTML, so it gets those
 * and no trusted types. Only its own files run, only this host is asked, and none of it holds for any other page.
 */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': ["'self'", 'data:'],
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** Before the routes that it is to know of. */
export async function collectRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(fastifySwagger, openApiOptions(version));
}

/** @param guard lets in who is logged in */
export async function addDocs(app: FastifyInstance, guard: onRequestAsyncHookHandler): Promise<void> {
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, least: 'viewer' };
    });
    docs.addHook('onRequest', guard);
    await docs.register(fastifySwaggerUi, {
      routePrefix: DOCS,
      staticCSP: POLICY,
      theme: { title: 'Penstock: HTTP API' },
      uiConfig: {
        deepLinking: true,
        docExpansion: 'list',
        // Without the field for the address of another document.
        layout: 'BaseLayout',
        defaultModelsExpandDepth: 0,
        // What is tried out needs the header of those who change something, and is then done for real: not by a slip of the mouse.
        supportedSubmitMethods: ['get', 'head'],
        validatorUrl: null,
      },
    });
  });
}
