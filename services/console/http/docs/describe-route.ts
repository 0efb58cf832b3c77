// A route as the documentation tells it: what the route says of itself, and what holds for all of them.

import type { FastifySchema, RouteOptions } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';

type Documented = Parameters<typeof jsonSchemaTransform>[0];

const API = '/api/';

/** Routes beside the API are files, and hidden. */
export function describeRoute(document: Documented): { schema: FastifySchema; url: string } {
  const { url, route } = document;
  if (!url.startsWith(API)) return { schema: { hide: true }, url };
  const { schema, ...rest } = jsonSchemaTransform(document);
  const { description, tags } = document.schema ?? {};
  const told = [description, roleSentence(route)].filter((each) => each !== undefined).join('\n\n');
  return { ...rest, schema: { ...schema, description: told, tags: tags ?? [groupOf(url)] } };
}

function roleSentence({ config }: RouteOptions): string {
  const least = config?.least;
  if (least === undefined) return 'Asked before anybody is logged in.';
  return least === 'viewer' ? 'Role: any.' : `Role: ${least}${least === 'admin' ? '' : ' or above'}.`;
}

/** The first step of its address. */
export function groupOf(url: string): string {
  return url.slice(API.length).split('/', 1)[0] ?? '';
}
