/** Python's way of writing values, in which Glance's schema errors quote them. */

const named = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escapeCharacter(character: string): string {
  const known = named.get(character);
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

function stringText(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const inner = value.replace(/[\\\p{C}\p{Zl}\p{Zp}]|[^\S ]/gu, escapeCharacter);
  return quote + (quote === "'" ? inner.replaceAll("'", "\\'") : inner) + quote;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `repr(value)` of a JSON value. */
export function reprOf(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string') return stringText(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(reprOf).join(', ')}]`;
  if (isRecord(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${stringText(key)}: ${reprOf(item)}`)
      .join(', ')}}`;
  }
  return String(value);
}

/** `str(value)`: a string stands for itself. */
export function strOf(value: unknown): string {
  return typeof value === 'string' ? value : reprOf(value);
}

function sortedKeys(value: Record<string, unknown>): string[] {
  return Object.keys(value).sort();
}

function sortedRepr(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedRepr).join(', ')}]`;
  if (!isRecord(value)) return reprOf(value);
  const items = sortedKeys(value).map((key) => `${stringText(key)}: ${sortedRepr(value[key])}`);
  return `{${items.join(', ')}}`;
}

/** Breaks a string that is too long for its line: at line ends and between words. */
function stringPieces(value: string, room: number, allowance: number): string[] {
  const pieces: string[] = [];
  const lines = value.match(/[^\n]*\n|[^\n]+/g) ?? [];
  for (const [lineIndex, line] of lines.entries()) {
    const lastLine = lineIndex === lines.length - 1;
    if (stringText(line).length <= room - (lastLine ? allowance : 0)) {
      pieces.push(stringText(line));
      continue;
    }
    const words = line.match(/\S+\s*|\s+/g) ?? [];
    let current = '';
    for (const [index, word] of words.entries()) {
      const last = lastLine && index === words.length - 1;
      const fits = stringText(current + word).length <= room - (last ? allowance : 0);
      if (!fits && current !== '') pieces.push(stringText(current));
      current = fits ? current + word : word;
    }
    if (current !== '') pieces.push(stringText(current));
  }
  return pieces;
}

function prettyString(value: string, width: number, indent: number, allowance: number): string {
  const pieces = stringPieces(value, width - indent, allowance);
  return pieces.join(`\n${' '.repeat(indent)}`);
}

/** `pprint.pformat(value, width)`: a long string by itself goes into parentheses. */
export function prettyText(value: unknown, width: number): string {
  if (typeof value === 'string' && stringText(value).length > width) {
    const pieces = stringPieces(value, width - 1, 1);
    return pieces.length === 1 ? stringText(value) : `(${pieces.join('\n ')})`;
  }
  return prettyValue(value, width, 0, 0);
}

function prettyValue(value: unknown, width: number, indent: number, allowance: number): string {
  const flat = sortedRepr(value);
  const room = width - indent - allowance;
  if (flat.length <= room) return flat;
  const separator = `,\n${' '.repeat(indent + 1)}`;
  if (Array.isArray(value)) {
    const items = value.map((item, index) =>
      prettyValue(item, width, indent + 1, index === value.length - 1 ? allowance + 1 : 1),
    );
    return `[${items.join(separator)}]`;
  }
  if (isRecord(value)) {
    const keys = sortedKeys(value);
    const items = keys.map((key, index) => {
      const label = `${stringText(key)}: `;
      const last = index === keys.length - 1;
      const inner = indent + 1 + label.length;
      return label + prettyValue(value[key], width, inner, last ? allowance + 1 : 1);
    });
    return `{${items.join(separator)}}`;
  }
  return typeof value === 'string' ? prettyString(value, width, indent, allowance) : flat;
}
