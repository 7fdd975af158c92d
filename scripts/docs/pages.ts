import { readFileSync } from 'node:fs';
import { mappings } from '../../mappings/index.ts';
import { dialects } from '../../src/dialects/index.ts';
import { dialectPage, faultTable } from './dialect.ts';
import { code, fillBlock, table } from './markdown.ts';
import { builderSettingsTable, nodeOnlySettings, settingsTable } from './settings.ts';
import { starlingxPage } from './starlingx.ts';

function dialectsTable(): string {
  return table(
    ['API', 'on the combined listener', 'under', 'listener name', 'details'],
    dialects.map(({ name, prefix, listener }) => [
      mappings.get(name)?.title ?? 'Image API v2 (Glance), passed through',
      code(name),
      code(prefix),
      code(listener),
      mappings.has(name) ? `[tables and known differences](docs/dialects/${name}.md)` : '',
    ]),
  );
}

/** Every generated document by path, as it should be now. */
export function generatedPages(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  for (const dialect of dialects) {
    const mapping = mappings.get(dialect.name);
    if (mapping) pages.set(`docs/dialects/${dialect.name}.md`, dialectPage(dialect, mapping));
  }
  pages.set('docs/starlingx.md', starlingxPage());
  const readme = readFileSync('README.md', 'utf8');
  pages.set('README.md', fillBlock(readme, 'dialects', dialectsTable()));
  const configuration = readFileSync('docs/configuration.md', 'utf8');
  pages.set(
    'docs/configuration.md',
    fillBlock(fillBlock(configuration, 'settings', settingsTable()), 'faults', faultTable()),
  );
  const workers = readFileSync('docs/workers.md', 'utf8');
  pages.set('docs/workers.md', fillBlock(workers, 'node-only', nodeOnlySettings()));
  const builder = readFileSync('docs/builder.md', 'utf8');
  pages.set('docs/builder.md', fillBlock(builder, 'builder-settings', builderSettingsTable()));
  return pages;
}
