import { properties } from '../../mappings/starlingx.ts';
import { code, table } from './markdown.ts';

type Row = (typeof properties)[number];

function takes(row: Row): string {
  if (row.writer === 'server') return 'read-only (403)';
  if (row.kind === 'flag') return '`True` or `False`, in any letter case; stored as such';
  const range = 'max' in row ? `${row.min} to ${row.max}` : `${row.min} or more`;
  return `an integer, ${range}${'zero' in row ? ', or 0' : ''}; stored as sent`;
}

/** The page about StarlingX's properties, from its rows. */
export const starlingxPage = (): string => `# StarlingX image properties

Generated from \`mappings/starlingx.ts\` by \`npm run docs\`; do not edit.

Checked wherever an image can be written: Glance v2 (\`POST /v2/images\`, \`PATCH\` and the documented \`PUT\` of
\`/v2/images/{id}\`), Glance v1 (\`POST\` and \`PUT\`) and Nova's image metadata; each refuses in its own form, before Glance is
asked. In the order of this table, the first value that is refused is told; an empty value is always taken.

${table(
  ['property', 'takes', 'checked in mode', 'when absent', 'who wins'],
  properties.map((row) => [
    code(row.property),
    takes(row),
    row.checked === 'always' ? 'native, strict' : 'strict',
    row.byDefault,
    row.precedence,
  ]),
)}

- \`POLYGLANCE_STARLINGX=native\` (the default) is what StarlingX's own Glance did; \`strict\` is what its document says; \`off\`
  checks nothing.
- Defaults are not written into images: they are what Nova and the VIM take when the property is absent.
- \`POLYGLANCE_STARLINGX_STORES=ceph=rbd,local=file\` shows \`store\` in Glance v2's answers for active images, from \`direct_url\` or
  \`stores\`; it is never written back.
- A request body is forwarded byte for byte unless a flag's spelling had to be changed.
- \`polyglance audit --glance-url URL\` (token in \`POLYGLANCE_TOKEN\`) lists stored values that are refused today; \`--json\` for
  programs; exit code 1 when there are any, 0 when there are none, 2 when Glance could not be asked.
- Image data is not cached in raw form here: \`cache_raw_*\` are shown as Glance has them.
`;
