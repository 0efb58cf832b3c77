import { describe, expect, it } from 'vitest';
import { type Remedy, remedyFor } from './store-error.ts';

describe('remedyFor()', () => {
  it.each<[status: number, message: string, remedy: Remedy]>([
    [400, 'partial write: field type conflict: input field "value" … dropped=1', 'split'],
    [400, "unable to parse 'reading value=': missing field value", 'split'],
    [400, 'partial write: points beyond retention policy dropped=2', 'split'],
    [413, 'Request Entity Too Large', 'split'],
    [422, 'failed to parse some lines', 'split'],
    [404, 'database not found: "plant"', 'create'],
    [404, '404 page not found', 'create'],
    [500, 'retention policy not found: raw', 'create'],
    [404, 'bucket "plant/raw" not found', 'create'],
    [400, 'database not found: "plant"', 'create'],
    [500, 'engine: cannot write', 'retry'],
    [503, '', 'retry'],
    [429, 'too many requests', 'retry'],
    [401, 'authorization failed', 'retry'],
    [403, 'not authorized to write to plant', 'retry'],
    [200, '', 'retry'],
    [301, '', 'retry'],
    [408, '', 'retry'],
  ])('%i %j: %s', (status, message, remedy) => {
    expect(remedyFor(status, message)).toBe(remedy);
  });
});
