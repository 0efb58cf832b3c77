// Lists in pages, one way for all of them: the items stand in the order of their keys, and `next` of a page names the key that
// the following one goes on behind. So a list that changes meanwhile neither repeats an item nor leaves one out that stays.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

/** A page of alarms with all their texts is then a few megabytes. */
const LIMIT_MAX = 5_000;
const LIMIT_DEFAULT = 1_000;
/** The longest key: five names of 64 characters, in base64. */
const CURSOR_CHARS_MAX = 1_024;

const BAD_CURSOR = { error: "must be the 'next' of an answer of this list" };

export type Paging = { readonly limit: number; readonly cursor?: string | undefined };

/** `limit` and `cursor` of a query; `list` keeps the cursor of one list out of another. */
export function pagingQuery(list: string) {
  return {
    limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT).describe('Most items of one answer'),
    cursor: z
      .string()
      .max(CURSOR_CHARS_MAX, BAD_CURSOR)
      .transform((text, ctx) => {
        const key = parseCursor(list, text);
        if (key !== undefined) return key;
        ctx.addIssue({ code: 'custom', message: BAD_CURSOR.error });
        return z.NEVER;
      })
      .optional()
      .describe('`next` of the page before; left out: the first page'),
  };
}

export const nextCursor = z.string().nullable().describe('`cursor` of the next page; null: this is the last');

export type Listed<T> = {
  readonly list: string;
  readonly items: readonly T[];
  /** Unique among the items. */
  readonly keyOf: (item: T) => string;
};

/** @param paging as the query was read: the cursor is a key by now */
export function pageOf<T>(
  { list, items, keyOf }: Listed<T>,
  { limit, cursor }: Paging,
): { readonly page: readonly T[]; readonly next: string | null } {
  const keyed = items.map((item) => [keyOf(item), item] as const);
  const rest = cursor === undefined ? keyed : keyed.filter(([key]) => key > cursor);
  rest.sort(([a], [b]) => (a < b ? -1 : 1));
  const page = rest.slice(0, limit);
  const last = page.at(-1)?.[0];
  const next = last === undefined || rest.length <= limit ? null : formatCursor(list, last);
  return { page: page.map(([, item]) => item), next };
}

/** RFC 8288. Relative to the request's own address, so that it holds behind a proxy that moves us below a path. */
export function linkNext(request: Pick<FastifyRequest, 'url'>, reply: FastifyReply, next: string | null): void {
  if (next === null) return;
  const query = new URLSearchParams(request.url.split(/\?(.*)/s)[1] ?? '');
  query.set('cursor', next);
  reply.header('link', `<?${query}>; rel="next"`);
}

function formatCursor(list: string, key: string): string {
  return Buffer.from(`${list} ${key}`).toString('base64url');
}

function parseCursor(list: string, text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64url');
  const [prefix, key] = bytes.toString().split(/ (.*)/s);
  return prefix === list && key !== undefined && formatCursor(list, key) === text ? key : undefined;
}
