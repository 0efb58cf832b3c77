import { expect, test } from 'vitest';
import type { ServiceStatus } from '#domain/service.ts';
import { type Reach, shownStatus } from './shown-status.ts';

const broker: ServiceStatus = { service: 'broker', id: 'broker', status: 'up', since: 1, version: '1.0.0' };

test.each<readonly [string, Reach]>([
  ['up', { link: 'live', broker: null }],
  ['unknown', { link: 'live', broker: 'connection refused' }],
  ['unknown', { link: 'lost', broker: null }],
  ['unknown', { link: 'connecting', broker: null }],
])('a service last heard to be up is %s with %j', (shown, reach) => {
  expect(shownStatus(broker, reach)).toBe(shown);
});

test('a service that is down is said to be down', () => {
  expect(shownStatus({ ...broker, status: 'down' }, { link: 'live', broker: null })).toBe('down');
});
