/** The image-building extension: what a request says, and the properties of the image in which its state lives. */

/** Fields of `imageSpec`. `property`: a copy for filters; `filter`: the list parameter that asks for it. */
export const specFields = [
  { name: 'osName', kind: 'text', required: true, property: 'build_osname', filter: 'osname' },
  { name: 'osVersion', kind: 'text', required: false, property: 'build_osversion', filter: 'osversion' },
  { name: 'osArch', kind: 'text', required: false, property: 'build_osarch', filter: 'osarch' },
  { name: 'installScript', kind: 'script', required: false, property: null, filter: null },
  { name: 'installSource', kind: 'source', required: false, property: null, filter: null },
] as const;

/** Properties that hold a build's state. Hidden from metadata; never written or purged by a client of the old APIs. */
export const buildProperties = {
  /** `building`, `error` or `done`. */
  state: 'build_state',
  /** `imageSpec` without its script; JSON in ASCII. What is longer than a piece goes on in `build_spec_1` and so on. */
  spec: 'build_spec',
  /** Followed by a number from 0: pieces of the script, Base64 of its UTF-8. */
  script: 'build_script_',
  /** Percent, in digits. */
  progress: 'build_progress',
  /** Where the installer runs, and the image that runs it; URIs. */
  server: 'build_server',
  image: 'build_image',
  /** On a worker's claim record: the image that it builds. */
  claimOf: 'build_claim_of',
  worker: 'build_worker',
  heartbeat: 'build_heartbeat',
  /** The project that ordered the build. */
  project: 'build_project',
} as const;

/** The name of every claim record; they are hidden, and no dialect lists them. */
export const claimName = 'build-claim';

/** The heartbeat of a worker that gave its build back. */
export const releasedBeat = 'released';

/** All of them begin so, and so may no metadata of a new build. */
export const buildPrefix = 'build_';

/** Why a build failed; ordinary metadata, at most 255 characters. */
export const buildError = 'buildError';

/** The most characters of it: those of Nova's metadata values. */
export const longestBuildError = 255;

/** Words of `build_state` and Nova's status as long as the image is not active. */
export const buildStates = [
  { state: 'building', legacy: 'BUILDING' },
  { state: 'error', legacy: 'ERROR' },
] as const;

/** Characters of a property value: what every database behind Glance holds. */
export const pieceLength = 48_000;

/** Formats that a finished image has; Glance wants them before data. */
export const builtFormats = { disk_format: 'qcow2', container_format: 'bare' } as const;
