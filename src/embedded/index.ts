import type { Identify } from '../core/identity.ts';
import type { Send } from '../core/upstream.ts';
import { identityByPassword, identityByToken } from './authentication.ts';
import { Catalogue } from './catalogue.ts';
import { strictClock } from './clock.ts';
import type { ImportFilter, Resolve } from './data/import-filter.ts';
import { type FetchSource, platformFetch } from './data/import-source.ts';
import { createFront } from './http/front.ts';
import { callerOf, defaultIdentities, type EmbeddedIdentity } from './identities.ts';
import { NamespaceCatalogue } from './metadef/namespace-catalogue.ts';
import { recover } from './recovery.ts';
import { defaultLimits, type EmbeddedLimits, type Service } from './service.ts';
import type { ImageStore } from './store.ts';

export type { ImportFilter, Resolve } from './data/import-filter.ts';
export type { FetchSource, SourceAnswer } from './data/import-source.ts';
export { defaultIdentities, type EmbeddedIdentity } from './identities.ts';
export { defaultLimits, type EmbeddedLimits } from './service.ts';
export type { ImageStore } from './store.ts';
export { MemoryStore } from './store-memory.ts';

export interface EmbeddedOptions {
  readonly store: ImageStore;
  readonly identities?: readonly EmbeddedIdentity[];
  /** Where web-download may fetch from; by default http and https, ports 80 and 443, nothing on this machine. */
  readonly importHosts?: ImportFilter;
  /** How web-download fetches one URL; by default the platform's `fetch`. */
  readonly fetchSource?: FetchSource;
  /** How host names are resolved for the filter. Without it names are trusted to be elsewhere. */
  readonly resolveHost?: Resolve;
  /** Told of work that outlives its request; workerd needs it, Node does not. */
  readonly waitUntil?: (work: Promise<void>) => void;
  readonly limits?: Partial<EmbeddedLimits>;
  readonly now?: () => Date;
}

export interface EmbeddedGlance {
  /** Answers one call as Glance would. Waits for {@link ready} by itself. */
  readonly send: Send;
  readonly identify: Identify;
  /** The identity that a user name and password give, in one project when it is named. */
  authenticate(user: string, password: string, project?: string): EmbeddedIdentity | undefined;
  /** Resolves when what is stored has been read and brought to a steady state. */
  ready(): Promise<void>;
  /** Ends imports that are running and releases the store. */
  close(): Promise<void>;
}

/** Makes a Glance in this process. One instance at a time may use a durable store. */
export function createEmbeddedGlance(options: EmbeddedOptions): EmbeddedGlance {
  const { store, identities = defaultIdentities } = options;
  const closing = new AbortController();
  const service: Service = {
    identities,
    store,
    catalogue: new Catalogue(store),
    namespaces: new NamespaceCatalogue(store),
    limits: { ...defaultLimits, ...options.limits },
    source: {
      filter: options.importHosts ?? {},
      resolve: options.resolveHost,
      fetch: options.fetchSource ?? platformFetch,
    },
    background: new Set(),
    waitUntil: options.waitUntil ?? (() => undefined),
    closing: closing.signal,
    clock: strictClock(options.now ?? (() => new Date())),
  };
  const front = createFront(service);
  const start = async (): Promise<void> => {
    const state = await store.open();
    const { images, tasks } = await recover(store, state, service.clock());
    service.namespaces.load(state.documents.namespaces);
    service.catalogue.load(images, tasks, state.spent);
  };
  let started: Promise<void> | undefined;
  const ready = (): Promise<void> => {
    started ??= start();
    return started;
  };
  return {
    ready,
    send: async (call) => {
      await ready();
      return front(call);
    },
    identify: async (token) => {
      const identity = identityByToken(identities, token);
      return identity === undefined ? undefined : callerOf(identity);
    },
    authenticate: (user, password, project) =>
      identityByPassword(identities, user, password, project),
    close: async () => {
      closing.abort();
      await Promise.allSettled(service.background);
      await store.close();
    },
  };
}
