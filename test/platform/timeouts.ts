import type { Timeouts } from '../../src/platform/platform.ts';

export const timeouts: Timeouts = { connect: 1_000, firstByte: 500, idle: 2_000 };
