/**
 * Why a build stops without a verdict. `over`: deleted, or done by somebody else; `superseded`: a later worker has it;
 * `lost`: Glance could not be told for so long that others must think this worker dead; `stopping`: the worker ends.
 */
export type CancelReason = 'over' | 'superseded' | 'lost' | 'stopping';

/** A build that is not to go on. */
export class Cancelled extends Error {
  readonly reason: CancelReason;
  constructor(reason: CancelReason) {
    super(`the build was cancelled: ${reason}`);
    this.name = 'Cancelled';
    this.reason = reason;
  }
}
