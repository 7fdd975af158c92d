import type { Fault } from './fault.ts';
import type { Image } from './image.ts';
import type { PatchStep } from './patch.ts';
import type { Body, ByteStream } from './upstream.ts';

/** Which images a list wants, in Glance's words, with what Glance cannot do left to `keep`. */
export interface Selection {
  /** Query pairs for Glance, each already in its own syntax. */
  readonly ask: readonly (readonly [name: string, value: string])[];
  /** Sifts what Glance gives; pages are filled up all the same. */
  readonly keep?: ((image: Image) => boolean) | undefined;
  /** Glance's `sort` parameter, e.g. `created_at:desc,id:desc`. */
  readonly sort: string;
  /** How many images at most; `undefined` = every one. */
  readonly limit: number | undefined;
  /** How many of Glance's images are in memory at once; as many as Glance gives when absent. */
  readonly page?: number;
  /** Id of the last image of the page before. */
  readonly marker?: string | undefined;
}

/** A new image: base fields and additional properties in Glance's names and values. */
export interface Draft {
  readonly fields: ReadonlyMap<string, unknown>;
  readonly properties: ReadonlyMap<string, string | null>;
  /** The owner is a wish: where Glance refuses it, the image is the caller's own. */
  readonly ownerIsWish?: boolean;
}

/** Changes to an image as one patch. */
export interface Change {
  readonly steps: readonly PatchStep[];
  /** As in {@link Draft}: a refused step on `/owner` is left out. */
  readonly ownerIsWish?: boolean;
}

/** Where image data comes from, and what was said about it beforehand. */
export type Content =
  | {
      readonly from: 'client';
      readonly body: ByteStream;
      /** Bytes, when the transport tells. */
      readonly length: number | undefined;
      readonly claim: Claim;
    }
  /** Fetched from a URL: `wait` for the data before answering, or answer at once and go on. */
  | { readonly from: 'url'; readonly url: string; readonly wait: boolean; readonly claim: Claim }
  /** No bytes at all: an active image of size 0. */
  | { readonly from: 'nothing' };

/** Size in bytes and MD5 (hex) that the data must have. */
export interface Claim {
  readonly size?: number | undefined;
  readonly md5?: string | undefined;
}

/** What any dialect can ask for. */
export type Operation =
  | {
      readonly kind: 'list-images';
      readonly selection: Selection;
      /** A long list may come as `image-pages`. */
      readonly paged?: boolean;
    }
  | { readonly kind: 'show-image'; readonly id: string }
  | {
      readonly kind: 'download-image';
      readonly id: string;
      readonly allow: (image: Image) => Fault | undefined;
    }
  | { readonly kind: 'create-image'; readonly draft: Draft; readonly content?: Content | undefined }
  | {
      readonly kind: 'update-image';
      readonly id: string;
      /** Judges the image as it is now; called again when Glance reports a conflict. */
      readonly change: (present: Image) => Change | Fault;
      readonly content?: Content | undefined;
      /** Properties that the client wants stored, known before the image is looked at. */
      readonly properties?: ReadonlyMap<string, string | null>;
    }
  | { readonly kind: 'delete-image'; readonly id: string }
  /** An image of a server, taken by Nova. */
  | { readonly kind: 'snapshot-server'; readonly server: string; readonly name: string | undefined }
  | { readonly kind: 'list-members'; readonly id: string }
  | { readonly kind: 'add-member'; readonly id: string; readonly member: string }
  | { readonly kind: 'remove-member'; readonly id: string; readonly member: string }
  | { readonly kind: 'replace-members'; readonly id: string; readonly members: readonly string[] }
  | { readonly kind: 'list-shared'; readonly member: string };

/** What came of it; a {@link Fault} is the other possibility. */
export type Outcome =
  | { readonly kind: 'images'; readonly images: readonly Image[] }
  /** A list of several pages, each fetched when the one before has been taken; breaks off when one cannot be had. */
  | { readonly kind: 'image-pages'; readonly pages: AsyncIterable<readonly Image[]> }
  | { readonly kind: 'image'; readonly image: Image }
  | {
      readonly kind: 'data';
      readonly image: Image;
      readonly body: Body;
      readonly length: number | undefined;
    }
  | { readonly kind: 'members'; readonly members: readonly string[] }
  | { readonly kind: 'image-ids'; readonly ids: readonly string[] }
  | { readonly kind: 'done' };

type OutcomeOf<Kind extends Outcome['kind']> = Extract<Outcome, { kind: Kind }>;

/** The outcome of a kind that a route's operation always has; throws a `TypeError` for another. */
export function expectKind<Kind extends Outcome['kind']>(
  outcome: Outcome,
  kind: Kind,
): OutcomeOf<Kind> {
  if (outcome.kind !== kind) throw new TypeError(`outcome ${outcome.kind} where ${kind} was due`);
  return outcome as OutcomeOf<Kind>;
}
