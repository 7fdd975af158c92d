import { type FaultKind, faults, upstreamStatuses } from '../../mappings/faults.ts';

export type { FaultKind };

/** What a fault may say beyond its sentence; each becomes a response header. */
export interface FaultDetail {
  /** Methods that the resource does take (405). */
  readonly allow?: readonly string[];
  /** `WWW-Authenticate` as the Identity middleware gave it (401). */
  readonly authenticate?: string | undefined;
  /** There is no such route, as opposed to no such thing on it (404). */
  readonly unrouted?: true;
  /** Seconds (413, 429, 503). */
  readonly retryAfter?: number;
}

/** An expected failure, as a value: functions return `T | Fault`, nothing throws one. Each dialect renders it in its own form. */
export class Fault {
  readonly kind: FaultKind;
  readonly message: string;
  readonly detail: FaultDetail;
  constructor(kind: FaultKind, message: string, detail: FaultDetail) {
    this.kind = kind;
    this.message = message;
    this.detail = detail;
  }
}

const rows = new Map(faults.map((row) => [row.kind, row]));
const kindOfStatus = new Map<number, FaultKind>(
  upstreamStatuses.map((row) => [row.status, row.kind]),
);

/** The row of a kind: status, title and the sentence said by default. */
export function faultRow(kind: FaultKind): { status: number; title: string; sentence: string } {
  const row = rows.get(kind);
  if (!row) throw new TypeError(`no row for fault ${kind}`);
  return row;
}

/** Makes a fault; without a message it says its row's sentence. */
export function fault(kind: FaultKind, message?: string, detail: FaultDetail = {}): Fault {
  return new Fault(kind, message ?? faultRow(kind).sentence, detail);
}

export function isFault(value: unknown): value is Fault {
  return value instanceof Fault;
}

/** The kind that an error status of Glance stands for (table in `mappings/faults.ts`). */
export function kindOfUpstreamStatus(status: number): FaultKind {
  return kindOfStatus.get(status) ?? (status >= 500 ? 'upstream-unreachable' : 'bad-request');
}
