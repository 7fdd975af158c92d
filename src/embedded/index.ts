import type { Identify } from '../core/identity.ts';
import { defaultImportFilter, type ImportFilter, refusedSource } from '../core/import-filter.ts';
import type { OpenSource } from '../core/source.ts';
import type { Send } from '../core/upstream.ts';
import { identityByPassword, identityByToken } from './authentication.ts';
import { Catalogue } from './catalogue.ts';
import { strictClock } from './clock.ts';
import { createFront } from './http/front.ts';
import { callerOf, defaultIdentities, type EmbeddedIdentity } from './identities.ts';
import { NamespaceCatalogue } from './metadef/namespace-catalogue.ts';
import { recover } from './recovery.ts';
import { defaultLimits, type EmbeddedLimits, type Service } from './service.ts';
import type { ImageStore } from './store.ts';

export { defaultIdentities, type EmbeddedIdentity } from './identities.ts';
export { defaultLimits, type EmbeddedLimits } from './service.ts';
export type { ImageStore } from './store.ts';
export { MemoryStore } from './store-memory.ts';

export interface EmbeddedOptions {
  readonly store: ImageStore;
  readonly identities?: readonly EmbeddedIdentity[];
  /** Where web-download may fetch from; by default public addresses, ports 80 and 443. */
  readonly importFilter?: ImportFilter;
  /** How web-download opens what passed the filter; without it nothing can be opened. */
  readonly openSource?: OpenSource;
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
    importFilter: options.importFilter ?? defaultImportFilter,
    openSource: options.openSource ?? (async () => refusedSource()),
    background: new Set(),
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
