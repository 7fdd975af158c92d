/** A Markdown table; cells may hold anything. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cell = (value: unknown): string =>
    String(value ?? '')
      .replaceAll('|', '\\|')
      .replaceAll('\n', ' ');
  const line = (cells: readonly unknown[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

export const code = (value: unknown): string =>
  value === '' || value === null || value === undefined ? '' : `\`${value}\``;

const begin = (name: string): string => `<!-- generated: ${name} -->`;
const end = '<!-- end -->';

/** Replaces the text between a block's markers; throws when the document has no such block. */
export function fillBlock(document: string, name: string, text: string): string {
  const from = document.indexOf(begin(name));
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`no block ${name}`);
  return `${document.slice(0, from + begin(name).length)}\n${text}\n${document.slice(to)}`;
}
