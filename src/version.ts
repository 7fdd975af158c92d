import manifest from '../package.json' with { type: 'json' };

/** The product's version, as packaged. */
export const { version } = manifest;
