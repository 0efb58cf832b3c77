import { defineConfig } from 'vitest/config';
import { isLong } from './profile.ts';

// Slow faults on the real processes, one at a time: they are about load and time, and must not disturb each other.
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: isLong ? 3_600_000 : 300_000,
    hookTimeout: 120_000,
  },
});
