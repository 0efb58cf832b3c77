// The rule workbench: the list, the texts, and what is asked about a text before it is saved. What runs rules runs beside this
// thread; here requests are checked, and answers passed on. The contract is api/rules.ts.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { mayEditRules, RULE_ROLES } from '#domain/access/operation-rights.ts';
import { isName } from '#domain/name.ts';
import { SCHEMA_NAMES, schemaText } from '#rules/authoring/schemas.ts';
import { nameText } from '#runtime/name-schema.ts';
import type { RulesView } from '../../api/rules.ts';
import type { Job } from '../../rules/job.ts';
import { ruleFileNameProblem } from '../../rules/rule-files.ts';
import type { AppParts } from '../app.ts';
import { hungUp } from '../hung-up.ts';
import { ProblemError } from '../problem.ts';
import type { Session } from '../session.ts';
import { givenMoment, moment } from './range.ts';
import { saveRule } from './save-rule.ts';

const KIB = 1024;
const TEXT_CHARS_MAX = 256 * KIB;
/** Two texts, with what JSON makes of quotes and line ends. */
const BODY_BYTES_MAX = 1_280 * KIB;
const RANGE_MS_MAX = 31 * 86_400_000;
const STATES_MAX = 100;

const fileName = z.string().superRefine((name, ctx) => {
  const problem = ruleFileNameProblem(name);
  if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem });
});
const text = z.string().max(TEXT_CHARS_MAX, { error: `must have at most ${TEXT_CHARS_MAX / KIB} KiB` });
const ruleText = { file: fileName, text, test: text.exactOptional() };
const edited = z.strictObject(ruleText);

const testWish = z.strictObject({ ...ruleText, only: z.string().max(1_000).exactOptional() });

const stateName = z
  .string()
  .refine((key) => key.split('/').length === 3 && key.split('/').every(isName), { error: 'must be site/area/name' });
const states = z
  .record(stateName, z.union([z.number(), z.boolean(), z.string().max(200)]))
  .refine((all) => Object.keys(all).length <= STATES_MAX, { error: `may be at most ${STATES_MAX}` });

const backtestWish = z
  .strictObject({
    ...ruleText,
    from: givenMoment,
    to: givenMoment,
    instance: z.string().max(512).exactOptional(),
    against: z.literal('saved').nullable(),
    states: states.exactOptional(),
  })
  .refine(({ from, to }) => from < to && to - from <= RANGE_MS_MAX, {
    error: 'must be before to, at most 31 days',
    path: ['from'],
  });

const alarmName = z.object({ site: nameText, area: nameText, rule: nameText, instance: nameText });
const explained = z.strictObject({ at: moment.optional() });
const schemaName = z.object({ name: z.enum(SCHEMA_NAMES as [string, ...string[]]) });

/** For whoever may look. */
const described = <const T extends object>(summary: string, schema?: T) =>
  ({ config: { least: 'viewer' }, schema: { summary, ...schema } as { summary: string } & T }) as const;

export function ruleRoutes(parts: AppParts): FastifyPluginAsyncZod {
  const { files, list, workbench } = parts.rules;
  const run = async (job: Job, request: FastifyRequest, reply: FastifyReply) => {
    const json = await workbench.run(job, { owner: request.session?.user ?? '', hungUp: hungUp(reply) });
    return reply.type('application/json; charset=utf-8').send(json);
  };
  return async (app) => {
    app.get(
      '/rules',
      described('The files of the rules folder, what is wrong with each, and what runs of it'),
      async ({ session }): Promise<RulesView> => {
        const [view, whyNot] = await Promise.all([list.view(), whyNotSave(parts, session)]);
        return { ...view, canSave: whyNot === undefined, whyNot: whyNot ?? null };
      },
    );
    app.get(
      '/rules/file',
      described('A rule and its test as they are on disk', { querystring: z.strictObject({ name: fileName }) }),
      async ({ query }, reply) => {
        const view = await files.read(query.name);
        reply.header('etag', view.etag);
        return view;
      },
    );
    app.get(
      '/rules/schemas/:name',
      described('A JSON Schema of the rules folder, for editors', { params: schemaName }),
      (request, reply) => {
        const schema = schemaText(SCHEMA_NAMES.find((each) => each === request.params.name) ?? 'rule');
        return reply.type('application/schema+json; charset=utf-8').send(schema);
      },
    );
    app.get(
      '/alarms/:site/:area/:rule/:instance/explain',
      described('Why an alarm is as it is at a moment, or why not: as `penstock rules explain` says it', {
        ...{ params: alarmName, querystring: explained },
      }),
      (request, reply) => {
        const { site, area, rule, instance } = request.params;
        const now = parts.now();
        const at = Math.min(request.query.at ?? now, now);
        return run({ kind: 'explain', alarm: `${rule}/${site}/${area}/${instance}`, at, now }, request, reply);
      },
    );
    const written = <const T extends z.ZodType>(summary: string, body: T) =>
      ({ config: { least: RULE_ROLES[0] }, bodyLimit: BODY_BYTES_MAX, schema: { summary, body } }) as const;
    app.post('/rules/check', written('What is wrong with a text, as if it were saved', edited), (request, reply) =>
      run({ kind: 'check', wish: request.body }, request, reply),
    );
    app.post(
      '/rules/diff',
      written('What saving a text would mean for the alarms that stand', edited),
      (request, reply) => run({ kind: 'diff', wish: request.body }, request, reply),
    );
    app.post('/rules/test', written('Run the tests of a rule on the texts of the editor', testWish), (request, reply) =>
      run({ kind: 'test', wish: request.body }, request, reply),
    );
    app.post('/rules/backtest', written('What a text would have done over the past', backtestWish), (request, reply) =>
      run({ kind: 'backtest', wish: request.body, now: parts.now() }, request, reply),
    );
    const save = written('Save a rule and its test; If-Match, or If-None-Match: * for a new one', edited);
    app.put('/rules/file', save, async ({ body, session, headers }, reply) => {
      if (session === null) throw new ProblemError(401, 'Log in first.');
      const whyNot = await whyNotSave(parts, session);
      if (whyNot !== undefined) throw new ProblemError(403, whyNot);
      const view = await saveRule({ wish: body, session, headers }, parts);
      return reply.header('etag', view.file.etag).send(view);
    });
  };
}

/** In a sentence; undefined where this login can save. */
async function whyNotSave({ rules }: AppParts, session: Session | null): Promise<string | undefined> {
  if (session === null || !mayEditRules(session.role))
    return `Only engineers save rules, and you are logged in as ${session?.role ?? 'nobody'}.`;
  return await rules.files.whyNotSave();
}
