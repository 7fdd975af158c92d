import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** One TypeScript file of the product. */
export interface Source {
  /** Path from the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  /** Files of the repository that it imports, types included. */
  readonly imports: readonly string[];
  /** Packages and Node modules that it imports. */
  readonly packages: readonly string[];
}

const specifier = /^(?:import|export)\s[^'"=();]*?\bfrom\s*['"]([^'"]+)['"]/gm;
const others = /^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

const fromRoot = (path: string): string => relative(root, path).split(sep).join('/');

function read(path: string): Source {
  const text = readFileSync(path, 'utf8');
  const named = [...text.matchAll(specifier), ...text.matchAll(others)].map(
    ([, a, b]) => a ?? b ?? '',
  );
  const inside = named.filter((name) => name.startsWith('.'));
  return {
    path: fromRoot(path),
    text,
    lines: text.replace(/\n$/, '').split('\n').length,
    imports: inside.map((name) => fromRoot(resolve(dirname(path), name))),
    packages: named.filter((name) => !name.startsWith('.')),
  };
}

/** Every source file of the product and its tables. */
export function readSources(): readonly Source[] {
  return ['src', 'mappings'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => read(join(root, folder, name))),
  );
}

/** The layer that a file belongs to: its folder below `src`, `mappings`, or the file itself. */
export function layerOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'src' ? second.replace(/\.ts$/, '') : first;
}
