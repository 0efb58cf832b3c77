// The documentation of the API as a whole: what every operation has in common, said once.

import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { PAGE_HEADER } from '../../api/http.ts';
import { problem } from '../../api/schemas/problem.ts';
import { SESSION_COOKIE } from '../session.ts';
import { describeRoute } from './describe-route.ts';
import { OVERVIEW } from './overview.ts';

const PAGE_PARAMETER = {
  name: PAGE_HEADER,
  in: 'header',
  required: true,
  description: 'On every request that changes something; a page of another origin cannot send it.',
  schema: { type: 'string', const: '1' },
} as const;

const PROBLEM_RESPONSE = {
  description: 'Why it was not done, and the way out.',
  content: {
    'application/problem+json': { schema: { $ref: `#/components/schemas/${problem.meta()?.id}` } },
  },
} as const;

const WRITES: readonly string[] = ['post', 'put', 'patch', 'delete'];

type Described = { components?: { schemas?: Record<string, object> } };

/** Of the object, as much as is added to here. */
type Operation = {
  parameters?: object[];
  responses?: Record<string, { description?: string; $ref?: string }>;
  security?: object[];
};

/** What the plugin says of an answer of which nothing is said. */
const NO_DESCRIPTION = 'Default Response';
/** Before anybody can be logged in. */
const OPEN = '/api/login';

export function openApiOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Penstock console', version, description: OVERVIEW, license: { name: 'Apache-2.0' } },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE, description: 'Set by POST /api/login.' },
        },
        parameters: { Page: PAGE_PARAMETER },
        responses: { Problem: PROBLEM_RESPONSE },
      },
    },
    transform: describeRoute,
    transformObject: (document) => {
      const described = jsonSchemaTransformObject(document);
      for (const [url, operations] of Object.entries(described.paths ?? {}))
        for (const [method, operation] of Object.entries<Operation>(operations ?? {}))
          complete(operation, { url, method });
      dropUnused(described as Described);
      return described;
    },
  };
}

function complete(operation: Operation, { url, method }: { readonly url: string; readonly method: string }): void {
  for (const response of Object.values(operation.responses ?? {}))
    if (response.description === NO_DESCRIPTION) response.description = 'Done.';
  operation.responses = { ...operation.responses, default: { $ref: '#/components/responses/Problem' } };
  if (WRITES.includes(method))
    operation.parameters = [...(operation.parameters ?? []), { $ref: '#/components/parameters/Page' }];
  operation.security = url === OPEN ? [] : [{ session: [] }];
}

/** Every shape is given as it is asked for and as it is answered, and schemas of settings and files are among them. */
function dropUnused(described: Described): void {
  const { components = {} } = described;
  for (let isDone = false; !isDone; ) {
    const text = JSON.stringify(described);
    const schemas = Object.entries(components.schemas ?? {});
    const used = schemas.filter(([id]) => text.includes(`"#/components/schemas/${id}"`));
    components.schemas = Object.fromEntries(used);
    isDone = used.length === schemas.length;
  }
}
