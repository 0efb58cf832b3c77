// The built page. Its files bear a hash of their content in their name and stay in the browser's cache; index.html never does.

import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problem.ts';

/** What is wrong with the built page, in words; undefined where it is there. */
export function pageProblem(pageDir: string): string | undefined {
  if (existsSync(path.join(pageDir, 'index.html'))) return undefined;
  return 'The page is not built; run: npx vite build --config services/console/web/vite.config.ts';
}

export async function addPage(app: FastifyInstance, pageDir: string): Promise<void> {
  const problem = pageProblem(pageDir);
  if (problem !== undefined) {
    app.get('/', () => {
      throw new ProblemError(503, problem);
    });
    return;
  }
  await app.register(fastifyStatic, {
    root: pageDir,
    dotfiles: 'ignore',
    preCompressed: true, // the build put them there
    cacheControl: false,
    setHeaders: (reply, file) => {
      const isHashed = path.basename(path.dirname(file)) === 'assets';
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
