import { defineConfig } from 'vitest/config';

/** Builds of real images: test/stand/builder.sh installs what they need. */
export default defineConfig({
  test: {
    include: ['test/**/*.real.test.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 900_000,
  },
});
