// The suite that aedes-persistence brings for whoever implements its interface, unchanged, driven by vitest: a case must make
// exactly the assertions that it plans.

import assert from 'node:assert';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import type { Persistence } from './persistence.ts';
import { openTestStore } from './test-store.ts';

type Context = {
  plan(count: number): void;
  diagnostic(text: string): void;
  readonly assert: typeof assert;
};

type Suite = (options: {
  readonly test: (name: string, body: (context: Context) => Promise<void>) => void;
  readonly persistence: () => Promise<Persistence>;
  readonly testAsync: boolean;
}) => void;

const abstractPersistence = createRequire(import.meta.url)('aedes-persistence/abstract.js') as Suite;
let cases = 0;

abstractPersistence({
  testAsync: true,
  persistence: async () => (await openTestStore()).persistence,
  test: (name, body) => {
    cases++;
    test(name, async () => {
      let planned: number | undefined;
      let made = 0;
      const counting = new Proxy(assert, {
        get: (target, key) => {
          const value = Reflect.get(target, key) as unknown;
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            made++;
            return Reflect.apply(value, target, args) as unknown;
          };
        },
      });
      const plan = (count: number) => {
        planned = count;
      };
      await body({ plan, diagnostic: () => {}, assert: counting });
      if (planned !== undefined) expect(made).toBe(planned);
    });
  },
});

test('the suite is all there', () => {
  expect(cases).toBeGreaterThanOrEqual(45);
});
