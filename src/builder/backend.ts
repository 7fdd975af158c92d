import type { ImageSpec } from '../core/image-spec.ts';
import type { ByteStream } from '../core/upstream.ts';

/** One build as a back end sees it. */
export interface BuildOrder {
  /** The image that waits for its data. */
  readonly id: string;
  readonly name: string;
  /** The project that ordered it. */
  readonly project: string | null;
  readonly spec: ImageSpec;
}

/** Where a build runs, and how it tells what becomes of it. */
export interface BuildSite {
  /** An empty folder of the build's own; it is removed afterwards, whatever happens. */
  readonly folder: string;
  /** Fires when the build is to stop: deleted, too long, taken over, or the worker is stopping. */
  readonly signal: AbortSignal;
  /** Percent of the whole build, 0 to 100; kept rare by who listens. */
  readonly progress: (percent: number) => void;
  /** Tells clients where the installer runs and from which image, as URIs (`buildServer`, `buildImage`). */
  readonly locate: (where: { readonly server?: string; readonly image?: string }) => void;
  /** A line for the operator's log. Never a word of the script. */
  readonly log: (line: string) => void;
}

/** The finished image, ready to be streamed into Glance. */
export interface Artifact {
  readonly diskFormat: 'qcow2' | 'raw';
  /** Opens the data, from its start each time; `length` in bytes when known. */
  readonly open: () => Promise<{ readonly body: ByteStream; readonly length: number | undefined }>;
  /** Lets go of what is kept outside the build's folder until the data has been read, or nobody wants it. */
  readonly release?: () => Promise<void>;
}

/** Whether a back end can work on this machine, found by trying. */
export interface Readiness {
  readonly ready: boolean;
  /** What was found, or what is wrong, a line each. */
  readonly findings: readonly string[];
  /** Debian packages that would help. */
  readonly missing: readonly string[];
}

/** A way to make an image out of a spec. */
export interface BuildBackend {
  readonly name: string;
  /** Why it does not take a build, as a sentence for the client; `undefined` when it does. */
  readonly declines: (spec: ImageSpec) => string | undefined;
  /**
   * Builds. Throws {@link BuildFailure} with what went wrong, for the client to read; stops soon after `site.signal` fires and
   * leaves nothing running and nothing outside its folder.
   */
  readonly build: (order: BuildOrder, site: BuildSite) => Promise<Artifact>;
  readonly check: () => Promise<Readiness>;
}

/** A build that went wrong for a reason that its owner may read (`buildError`). */
export class BuildFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BuildFailure';
  }
}
