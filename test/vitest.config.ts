import { defineConfig } from 'vitest/config';

// One run holds everything: units beside the code and the whole-pipeline tests. The slow faults have a run of their own.
export default defineConfig({
  test: {
    include: ['services/**/*.test.ts', 'test/**/*.test.ts', 'dashboards/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/faults/**'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
