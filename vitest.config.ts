import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // those need QEMU and more, and minutes: npm run test:build
    exclude: [...configDefaults.exclude, '**/*.real.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
