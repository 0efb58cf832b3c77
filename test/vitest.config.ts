import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// One run holds everything: units beside the code and the whole-pipeline tests. The slow faults have a run of their own.
export default defineConfig({
  test: {
    include: ['services/**/*.test.ts', 'test/**/*.test.ts', 'dashboards/**/*.test.ts'],
    // Tests wait more than they compute; with one worker, the default on two cores, they would take twice as long.
    maxWorkers: Math.max(2, availableParallelism()),
    exclude: ['**/node_modules/**', 'test/faults/**'],
    // Tests wait for the thing itself; this only ends one that hangs, also on a machine that is busy with others.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
