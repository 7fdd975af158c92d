import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Artifact } from './backend.ts';

/** A finished image in a file. */
export const fileArtifact = (
  file: string,
  diskFormat: Artifact['diskFormat'] = 'qcow2',
): Artifact => ({
  diskFormat,
  open: async () => ({ body: createReadStream(file), length: (await stat(file)).size }),
});
