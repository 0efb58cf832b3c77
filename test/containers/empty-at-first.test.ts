import path from 'node:path';
import { expect, it } from 'vitest';
import { buildAll, contextOf } from '../../dashboards/build.ts';
import type { DashboardJson } from '../../dashboards/check/lint.ts';
import { ROOT } from '../support/processes.ts';
import { EMPTY_AT_FIRST, queryName } from './empty-at-first.ts';

it('names queries that there are', () => {
  const boards = buildAll(contextOf(path.join(ROOT, 'rules'))).map(({ text }) => JSON.parse(text) as DashboardJson);
  const asked = boards.flatMap(({ uid, panels }) =>
    panels.flatMap(({ id, title, targets = [] }) =>
      targets.map(({ refId }) => queryName(`${uid}, panel ${id} '${title}', query ${refId}`)),
    ),
  );
  expect([...EMPTY_AT_FIRST].filter((name) => !asked.includes(name))).toEqual([]);
});
