import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answersInTime } from '../../src/edge/readiness.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('an Image service is ready when it says so, and not when it says no or cannot be asked', async () => {
  expect(await answersInTime(async () => true)).toBe(true);
  expect(await answersInTime(async () => false)).toBe(false);
  expect(await answersInTime(() => Promise.reject(new Error('gone')))).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

it('an Image service that is silent for five seconds is not ready, and asked no longer', async () => {
  let asked: AbortSignal | undefined;
  const answered = answersInTime((signal) => {
    asked = signal;
    return new Promise<never>((_, reject) => signal.addEventListener('abort', reject));
  });
  await vi.advanceTimersByTimeAsync(4_999);
  expect(asked?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked?.aborted).toBe(true);
  expect(await answered).toBe(false);
});
