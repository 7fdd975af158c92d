// Run by the crash tests in a process of its own: begins an upload that never ends, and says so.
import { createEmbeddedGlance } from '../../src/embedded/index.ts';
import { FileStore } from '../../src/embedded/store-files.ts';
import { Client } from './client.ts';

const [folder = '', kind = 'file'] = process.argv.slice(2);
const client = new Client(createEmbeddedGlance({ store: new FileStore(folder) }));
const { id } = await client.rawImage({ name: 'interrupted' });

async function* endless(): AsyncGenerator<Uint8Array> {
  for (let piece = 0; ; piece += 1) {
    yield new Uint8Array(64 * 1024);
    if (piece === 20) console.log(id);
    if (piece > 20) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const headers = { 'content-type': 'application/octet-stream' };
await client.ask('PUT', `/v2/images/${id}/${kind}`, { headers, body: endless() });
