import { type Fault, isFault } from '../core/fault.ts';

/** A fault of a service that the worker depends on, on its way up. */
export class Trouble extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.message);
    this.name = 'Trouble';
    this.fault = fault;
  }
}

/** What a call came to; its fault is thrown as {@link Trouble}. */
export async function settled<T>(call: Promise<T | Fault>): Promise<T> {
  const outcome = await call;
  if (isFault(outcome)) throw new Trouble(outcome);
  return outcome;
}
