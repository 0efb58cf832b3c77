// One device: what it lacks, its configuration, and what passes of it while somebody watches.

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DESIRED_ROLES, mayDesire } from '#domain/access/operation-rights.ts';
import { isPlainObject } from '#domain/plain-object.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import { nameText } from '#runtime/name-schema.ts';
import type { ConfigText, ConfigView, DeviceDetail, TailPart } from '../../api/devices.ts';
import { configView, desiredView, deviceDetail } from '../../api/schemas/device-detail.ts';
import type { TailReader } from '../../devices/tail-viewer.ts';
import type { AppParts } from '../app.ts';
import { ProblemError } from '../problem.ts';
import { publishConfirmed } from '../publish-confirmed.ts';

/** A device has some tens of kilobytes of memory for all it does. */
const DESIRED_CHARS_MAX = 16 * 1024;
/** The same with every character escaped. */
const BODY_BYTES_MAX = 6 * DESIRED_CHARS_MAX + 1_024;
/** How long a browser waits before it connects again. */
const RETRY_MS = 1_000;
/** Watches end by themselves within that. */
const AGAIN_MS = 30_000;

const params = z.object({ site: nameText, area: nameText, device: nameText });

const desired = z.strictObject({
  text: z
    .string()
    .trim()
    .max(DESIRED_CHARS_MAX, { error: `has more than ${DESIRED_CHARS_MAX} characters; no device takes so much` })
    .superRefine((text, ctx) => {
      const problem = text === '' ? undefined : configProblem(text);
      if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem });
    }),
  basedOn: z.string().length(64).nullable(),
});

export function deviceRoutes(parts: AppParts): FastifyPluginAsyncZod {
  const { plant, tails, configs, sessions, now, log } = parts;
  return async (app) => {
    const detail = {
      config: { least: 'viewer' },
      schema: { summary: 'What one device lacks', params, response: { 200: deviceDetail } },
    } as const;
    app.get('/devices/:site/:area/:device', detail, ({ params: name }): DeviceDetail => {
      const report = plant.gapsOf(name);
      if (report === undefined) return { now: now(), gaps: null };
      const { missed, since, gaps, unlisted } = report;
      return { now: now(), gaps: { missed, since, gaps, unlisted } };
    });
    const config = {
      // What is desired may hold secrets, and is told from engineer on alone.
      config: { least: 'viewer', isPersonal: true },
      schema: {
        summary: 'The configuration that a device reports; for an engineer, also the one that is desired',
        ...{ params, response: { 200: configView } },
      },
    } as const;
    app.get('/devices/:site/:area/:device/config', config, async ({ params: name, session }): Promise<ConfigView> => {
      refuseUnknown(plant, name);
      const config = await configs.read(name);
      if (typeof config === 'string') throw new ProblemError(503, config, AGAIN_MS);
      const { reported } = config;
      const isTold = session !== null && mayDesire(session.role);
      return isTold ? { reported, desired: config.desired } : { reported };
    });
    const order = {
      config: { least: DESIRED_ROLES[0] },
      schema: {
        summary: 'Desire a configuration of a device; an empty text takes it away',
        description: 'Answers 409 where somebody else has written since `basedOn` was read.',
        ...{ params, body: desired, response: { 200: desiredView } },
      },
      bodyLimit: BODY_BYTES_MAX,
    };
    app.put(
      '/devices/:site/:area/:device/config/desired',
      order,
      async ({ params: name, body, session }): Promise<{ desired: ConfigText | null }> => {
        if (session === null) throw new ProblemError(401, 'Log in first.');
        refuseUnknown(plant, name);
        const options = { retain: true };
        const watch = 'what is desired';
        const written = await configs.write(name, body, (topic, payload) =>
          publishConfirmed(parts, { topic, payload, options, watch }),
        );
        if (typeof written === 'string') throw new ProblemError(409, written);
        // To the broker it was the console that wrote it; the revision is the payload's hash in its audit journal.
        const { user, role } = session;
        log.info(
          { user, role, device: deviceKey(name), revision: written.desired?.revision ?? null },
          'desired configuration written',
        );
        return written;
      },
    );
    const streamed = {
      config: { least: 'viewer' },
      sse: { kind: 'only', serializer: (data: string) => data },
      // A HEAD would open a stream that nobody reads.
      exposeHeadRoute: false,
      schema: {
        summary: 'What passes of one device, while somebody looks: server-sent events `tail`',
        params,
        response: {
          200: { description: 'Events without end', content: { 'text/event-stream': { schema: z.string() } } },
        },
      },
    } as const;
    app.get('/devices/:site/:area/:device/tail', streamed, (request, reply) => {
      // Also of a device that nobody has heard of: whoever builds one waits for its first word.
      const { params: name, session } = request;
      const user = session?.user ?? '';
      const full = tails.whyFull(name, user);
      if (full !== undefined) throw new ProblemError(503, `${full} Try again later.`, AGAIN_MS);
      const { sse, raw } = reply;
      const reader: TailReader = {
        user,
        isOver: () => session === null || sessions.isOver(session),
        send: (part: TailPart) => sse.send({ event: 'tail', data: JSON.stringify(part), retry: RETRY_MS }),
        close: () => raw.destroy(),
      };
      sse.keepAlive();
      sse.onClose(() => tails.leave(name, reader));
      tails.join(name, reader);
    });
  };
}

/** Each that is listened to takes one of few places. @throws ProblemError 404 */
function refuseUnknown(plant: AppParts['plant'], name: DeviceName): void {
  if (plant.device(name) === undefined)
    throw new ProblemError(
      404,
      `There is no device ${deviceKey(name)}. It is known once it stands in a file of devices, or has sent something.`,
    );
}

/** What is wrong with a configuration, in words. */
function configProblem(text: string): string | undefined {
  try {
    const config: unknown = JSON.parse(text);
    return isPlainObject(config) ? undefined : 'must be a JSON object: {"interval": 5}';
  } catch (error) {
    return `is not valid JSON: ${(error as Error).message}`;
  }
}
