import type { Body } from './upstream.ts';

/** Header lines in order; values are Unicode text, the platform writes their bytes. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** An answer as data; only the writer of a platform turns it into bytes. */
export interface Reply {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body: Body;
}
