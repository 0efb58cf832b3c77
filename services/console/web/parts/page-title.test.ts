import { expect, it } from 'vitest';
import type { Route } from '../state/route.ts';
import { pageTitle } from './page-title.ts';

it.each<[Route['page'], string[], number, string]>([
  ['alarms', [], 0, 'Alarms – Penstock'],
  ['alarms', [], 3, '(3) Alarms – Penstock'],
  ['alarms', ['lyon', 'tank-farm', 'tank-hot', 'tank-01'], 1, '(1) tank-hot tank-01 – Alarms – Penstock'],
  ['devices', ['lyon', 'tank-farm', 'tank-01'], 0, 'tank-01 – Devices – Penstock'],
  ['rules', ['tank-hot.json'], 0, 'tank-hot.json – Rules – Penstock'],
  ['rules', ['x'.repeat(10_000)], 0, `${'x'.repeat(80)} – Rules – Penstock`],
])('pageTitle() of %s %j with %i unacknowledged', (page, steps, unacked, title) => {
  expect(pageTitle({ page, steps }, unacked)).toBe(title);
});
