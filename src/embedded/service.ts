import type { ImportFilter } from '../core/import-filter.ts';
import type { OpenSource } from '../core/source.ts';
import type { Catalogue } from './catalogue.ts';
import type { EmbeddedIdentity } from './identities.ts';
import type { NamespaceCatalogue } from './metadef/namespace-catalogue.ts';
import type { ImageStore } from './store.ts';

export interface EmbeddedLimits {
  readonly properties: number;
  readonly members: number;
  readonly tags: number;
  readonly locations: number;
  /** Bytes of one image. */
  readonly imageSize: number;
}

export const defaultLimits: EmbeddedLimits = {
  properties: 128,
  members: 128,
  tags: 128,
  locations: 10,
  imageSize: 2 ** 40,
};

/** What every handler works with. */
export interface Service {
  readonly identities: readonly EmbeddedIdentity[];
  readonly store: ImageStore;
  readonly catalogue: Catalogue;
  readonly namespaces: NamespaceCatalogue;
  readonly limits: EmbeddedLimits;
  /** What web-download may name, and how it is opened. */
  readonly importFilter: ImportFilter;
  readonly openSource: OpenSource;
  /** Work that goes on after its request was answered. */
  readonly background: Set<Promise<void>>;
  /** Aborted when the embedded Glance closes. */
  readonly closing: AbortSignal;
  /** Whole microseconds since the epoch, never the same twice. */
  readonly clock: () => number;
}
