import { describe, expect, it } from 'vitest';
import { layerOf, readSources } from './sources.ts';

const sources = readSources();

/** What each layer may import, besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  mappings: [],
  core: ['mappings'],
  version: ['package.json'],
  glance: ['core', 'mappings'],
  identity: ['core', 'mappings', 'glance'],
  embedded: ['core', 'mappings'],
  dialects: ['core', 'mappings', 'glance'],
  edge: ['core', 'mappings', 'glance', 'dialects'],
  app: ['core', 'mappings', 'glance', 'dialects', 'edge'],
  platform: ['core', 'glance', 'app', 'dialects'],
  builder: ['core', 'mappings', 'glance'],
};

const lowerLayers = Object.keys(allowed);

function offences(test: (source: (typeof sources)[number]) => readonly string[]): string[] {
  return sources.flatMap((source) => test(source).map((what) => `${source.path}: ${what}`));
}

describe('imports', () => {
  it('finds the sources', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap((source) => source.imports).length).toBeGreaterThan(300);
  });

  it.each(lowerLayers)('of %s point one way', (layer) => {
    const may = new Set([layer, ...(allowed[layer] ?? [])]);
    const wrong = offences(({ path, imports }) =>
      layerOf(path) === layer ? imports.filter((each) => !may.has(layerOf(each))) : [],
    );
    expect(wrong).toEqual([]);
  });

  // the configuration knows no dialect: what turns one into settings of the other belongs to the entries
  it('of config point nowhere', () => {
    const wrong = offences(({ path, imports }) =>
      layerOf(path) === 'config' ? imports.filter((each) => layerOf(each) !== 'config') : [],
    );
    expect(wrong).toEqual([]);
  });

  // answers to what node:http cannot parse are in a dialect's form
  it('of the platform know of dialects what they have in common, and no single one', () => {
    const wrong = offences(({ path, imports }) =>
      layerOf(path) === 'platform'
        ? imports.filter(
            (each) => layerOf(each) === 'dialects' && each !== 'src/dialects/dialect.ts',
          )
        : [],
    );
    expect(wrong).toEqual([]);
  });

  it('lead to files that are there', () => {
    const known = new Set([...sources.map((source) => source.path), 'package.json']);
    expect(offences(({ imports }) => imports.filter((each) => !known.has(each)))).toEqual([]);
  });

  it('never lead from one dialect to another', () => {
    const folderOf = (path: string): string | undefined =>
      /^src\/dialects\/([^/]+)\//.exec(path)?.[1];
    const wrong = offences(({ path, imports }) => {
      const own = folderOf(path);
      if (own === undefined) return [];
      return imports.filter((each) => (folderOf(each) ?? own) !== own);
    });
    expect(wrong).toEqual([]);
  });

  it('make no circles', () => {
    const graph = new Map(sources.map((source) => [source.path, source.imports]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '));
      if (way.includes(path) || done.has(path)) return;
      for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
      done.add(path);
    };
    for (const path of graph.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });

  it('take only zod into the configuration', () => {
    const wrong = offences(({ path, packages }) =>
      layerOf(path) === 'config' ? packages.filter((each) => !/^zod(\/|$)/.test(each)) : [],
    );
    expect(wrong).toEqual([]);
  });

  it('take no package into the tables and the core', () => {
    const wrong = offences(({ path, packages }) =>
      ['mappings', 'core'].includes(layerOf(path)) ? packages : [],
    );
    expect(wrong).toEqual([]);
  });
});

describe('the outside world', () => {
  it("is called only by the Glance client, the platforms, the embedded Glance and the guests' proxy", () => {
    const wrong = offences(({ path, text }) => {
      const may =
        ['glance', 'platform', 'embedded', 'entry'].includes(layerOf(path)) ||
        path === 'src/builder/machine/proxy.ts';
      const found = text.match(/(?<![\w.#])fetch\(|['"]node:https?['"]|['"]undici['"]/g) ?? [];
      // listeners are opened by the entries; requests are sent by none of them
      const listens =
        layerOf(path) === 'entry' && !/\b(?:request|get)\b.*from 'node:http/.test(text);
      return may && (layerOf(path) !== 'entry' || listens) ? [] : found;
    });
    expect(wrong).toEqual([]);
  });

  it('is on disk only for the file store, the builder and the Node entry', () => {
    const wrong = offences(({ path, packages }) => {
      const may =
        path === 'src/embedded/store-files.ts' || /^src\/(?:builder|entry\/node)\//.test(path);
      return may ? [] : packages.filter((each) => /^node:fs/.test(each));
    });
    expect(wrong).toEqual([]);
  });
});

describe('sources', () => {
  it('use no any', () => {
    const wrong = offences(({ text }) => text.match(/(?::|\bas|<)\s*any\b(?!\w)/g) ?? []);
    expect(wrong).toEqual([]);
  });

  it('are at most 350 lines long', () => {
    expect(offences(({ lines }) => (lines > 350 ? [`${lines} lines`] : []))).toEqual([]);
  });
});
