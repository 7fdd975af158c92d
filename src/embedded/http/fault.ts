export interface FaultDetails {
  /** Shown under the general sentence instead of replacing it. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The text is the whole body, without the usual frame. */
  readonly bare?: boolean;
}

/** An answer that is an error. Thrown by handlers, rendered in one place. */
export class Fault extends Error {
  readonly status: number;
  /** Replaces the general sentence of the status. */
  readonly explanation: string | undefined;
  readonly details: FaultDetails;
  constructor(status: number, explanation?: string, details: FaultDetails = {}) {
    super(explanation ?? details.detail ?? `status ${status}`);
    this.name = 'Fault';
    this.status = status;
    this.explanation = explanation;
    this.details = details;
  }
}

export const badRequest = (explanation: string): Fault => new Fault(400, explanation);
export const forbidden = (explanation: string): Fault => new Fault(403, explanation);
export const notFound = (explanation?: string): Fault => new Fault(404, explanation);
export const conflict = (explanation: string): Fault => new Fault(409, explanation);
export const tooLarge = (explanation: string): Fault => new Fault(413, explanation);
