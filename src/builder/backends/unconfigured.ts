import { type BuildBackend, BuildFailure } from '../backend.ts';

/** Stands in for a back end that lacks a setting. */
export const unconfigured = (name: string, finding: string): BuildBackend => ({
  name,
  declines: () => `The back end ${name} is not configured.`,
  build: () => Promise.reject(new BuildFailure(`The back end ${name} is not configured.`)),
  check: async () => ({ ready: false, findings: [finding], missing: [] }),
});
