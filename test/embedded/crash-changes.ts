// Run by the crash tests in a process of its own: changes images without end and tells what was acknowledged.
import { createEmbeddedGlance } from '../../src/embedded/index.ts';
import { FileStore } from '../../src/embedded/store-files.ts';
import { Client } from './client.ts';

const client = new Client(createEmbeddedGlance({ store: new FileStore(process.argv[2] ?? '') }));
const tell = (what: string, id: string) => process.stdout.write(`${what} ${id}\n`);

async function work(): Promise<never> {
  for (;;) {
    const { id } = await client.rawImage();
    tell('created', id);
    await client.upload(id, id);
    tell('uploaded', id);
    await client.patch(id, [{ op: 'add', path: '/mark', value: 'x' }]);
    tell('patched', id);
    if (Math.random() < 0.5) continue;
    tell('deleting', id);
    await client.ask('DELETE', `/v2/images/${id}`);
    tell('deleted', id);
  }
}

await Promise.all(Array.from({ length: 8 }, work));
