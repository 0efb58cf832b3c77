import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openTestConsole, TestAccess } from '../../testing.ts';
import { checkedAnswers } from './checked-answers.ts';
import { groupOf } from './describe-route.ts';
import { demandRole, demandSummary } from './manners.ts';

type Operation = {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly $ref?: string; readonly name?: string; readonly in?: string }[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: object }>>;
};
type OpenApi = {
  readonly openapi: string;
  readonly info: { readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

async function readDocs() {
  const { app, logIn } = await openTestConsole();
  const answer = await app.inject({ url: '/docs/json', headers: { cookie: await logIn() } });
  expect(answer.statusCode).toBe(200);
  return answer.json() as OpenApi;
}

const operationsOf = ({ paths }: OpenApi) =>
  Object.entries(paths).flatMap(([url, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${url}`,
      method,
      operation,
    })),
  );

test('documents every operation of the API, and nothing beside it', async () => {
  const names = operationsOf(await readDocs()).map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'POST /api/login',
      'GET /api/session',
      'GET /api/alarms',
      'POST /api/alarms/operations',
      'GET /api/rejected/{id}',
      'GET /api/events',
    ]),
  );
  expect(names.filter((name) => !/^[A-Z]+ \/api\//.test(name))).toEqual([]);
});

test('every operation says what it does, who may, what goes wrong and what it answers', async () => {
  const wanting = operationsOf(await readDocs()).flatMap(({ name, method, operation }) => {
    const { summary = '', description = '', tags = [], responses, parameters = [], security = [] } = operation;
    const lacks = {
      summary: summary === '' || summary.length > 120,
      role: !/Role: |Asked before anybody is logged in/.test(description),
      tag: tags.length === 0,
      'error response': responses.default?.$ref !== '#/components/responses/Problem',
      'an answer': !Object.keys(responses).some((status) => status.startsWith('2')),
      security: (security.length === 0) !== name.endsWith(' /api/login'),
      'the header of writes':
        (method !== 'get') !== parameters.some(({ $ref }) => $ref === '#/components/parameters/Page'),
    };
    return Object.entries(lacks).flatMap(([what, isLacking]) => (isLacking ? [`${name} lacks ${what}`] : []));
  });
  expect(wanting).toEqual([]);
});

test('every reference leads somewhere', async () => {
  const docs = await readDocs();
  const references = [...JSON.stringify(docs).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = '']) => to);
  expect(references).toContain('#/components/schemas/Alarm');
  const lost = references.filter((reference) => {
    const steps = reference.replace('#/', '').split('/');
    return steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], docs) === undefined;
  });
  expect(lost).toEqual([]);
});

test('is OpenAPI 3.1, tells of the session and of the event stream', async () => {
  const { openapi, info, components } = await readDocs();
  expect(openapi).toBe('3.1.0');
  expect(components.securitySchemes?.session).toMatchObject({ in: 'cookie', name: 'penstock_session' });
  for (const word of ['snapshot', 'changes', 'Last-Event-ID', 'x-penstock-page', 'If-None-Match', 'cursor'])
    expect(info.description).toContain(word);
});

test.each(['/docs', '/docs/', '/docs/json', '/docs/yaml', '/docs/static/swagger-ui.css'])(
  '%s needs a login, and no more',
  async (url) => {
    const { app, logIn } = await openTestConsole({ access: new TestAccess({ vera: 'viewer' }) });
    const refused = await app.inject(url);
    expect([refused.statusCode, refused.headers['content-type']]).toEqual([
      401,
      expect.stringContaining('application/problem+json'),
    ]);
    const answer = await app.inject({ url, headers: { cookie: await logIn('vera') } });
    expect(answer.statusCode).toBe(200);
  },
);

test('its policy for what is drawn holds for it alone', async () => {
  const { app, logIn } = await openTestConsole();
  const headers = { cookie: await logIn() };
  const policyOf = async (url: string) =>
    String((await app.inject({ url, headers })).headers['content-security-policy']);
  expect(await policyOf('/docs/')).toContain("img-src 'self' data:");
  expect(await policyOf('/docs/')).not.toMatch(/unsafe|https:|\*/);
  for (const url of ['/', '/api/alarms', '/nothing']) {
    expect(await policyOf(url)).toContain("require-trusted-types-for 'script'");
    expect(await policyOf(url)).not.toContain('data:');
  }
});

test('a route that does not say what it does, or who may, is not taken', async () => {
  const app = fastify();
  demandSummary(app);
  demandRole(app);
  expect(() => app.get('/a', { config: { least: 'viewer' } }, () => '')).toThrow('/a does not say what it does');
  expect(() => app.get('/b', { schema: { summary: 'b' } }, () => '')).toThrow('/b does not say who may ask');
  app.get('/c', { config: { least: 'viewer' }, schema: { summary: 'c' } }, () => '');
});

test('an answer that is not as documented fails the test that asked for it', async () => {
  const app = fastify();
  app.setSerializerCompiler(checkedAnswers);
  const schema = { response: { 200: z.object({ a: z.number() }) } };
  app.get('/right', { schema }, () => ({ a: 1 }));
  app.get('/wrong', { schema }, () => ({ a: '1' }));
  app.get('/more', { schema }, () => ({ a: 1, b: 2 }));
  const ask = async (url: string) => (await app.inject(url)).json().message ?? 'as documented';
  expect(await ask('/right')).toBe('as documented');
  expect(await ask('/wrong')).toContain('is not as documented');
  expect(await ask('/more')).toContain('says more than is documented');
});

test('operations stand together by the first step of their address', () => {
  expect(['/api/alarms', '/api/rejected/groups', '/api/rejected/{id}'].map(groupOf)).toEqual([
    'alarms',
    'rejected',
    'rejected',
  ]);
});
