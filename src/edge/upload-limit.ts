import type { Exchange, RequestBody } from '../core/exchange.ts';
import { type Fault, fault } from '../core/fault.ts';
import { type ByteStream, longestExcess, UpstreamFailure } from '../core/upstream.ts';

/** A body whose length nobody has told: its stream fails, before its end, when more comes than may. */
class LimitedBody implements RequestBody {
  readonly length = undefined;
  readonly announced = true;
  readonly #body: RequestBody;
  readonly #most: number;
  readonly #refusal: Fault;
  #size = 0;

  constructor(body: RequestBody, most: number, refusal: Fault) {
    this.#body = body;
    this.#most = most;
    this.#refusal = refusal;
  }

  stream = (): ByteStream => this.#counted();
  bytes = (limit: number) => this.#body.bytes(Math.min(limit, this.#most));
  text = (limit: number) => this.#body.text(Math.min(limit, this.#most));
  broken = (): Fault | undefined => (this.#size > this.#most ? this.#refusal : undefined);

  async *#counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#body.stream()) {
      this.#size += chunk.length;
      if (this.#size <= this.#most) yield chunk;
      // a client that is cut off does not hear why; one that never ends is cut off all the same
      else if (this.#size > this.#most + longestExcess) break;
    }
    if (this.broken()) throw new UpstreamFailure('broken', 'more than may be uploaded');
  }
}

/** Refuses a request that is too large: at once when it tells its length, else as soon as too much has come. */
export type LimitUpload = (exchange: Exchange) => Fault | undefined;

/** Builds the limit of `most` bytes; the refusal names the address where more may be sent. */
export function createUploadLimit(most: number, direct: string | undefined): LimitUpload {
  const elsewhere = direct === undefined ? '' : ` Send it to ${direct} instead.`;
  const refusal = fault(
    'too-large',
    `The body of a request may have ${most} bytes here at most.${elsewhere}`,
  );
  return (exchange) => {
    const { body } = exchange;
    if (!body.announced) return undefined;
    if (body.length !== undefined) return body.length > most ? refusal : undefined;
    exchange.body = new LimitedBody(body, most, refusal);
    return undefined;
  };
}
