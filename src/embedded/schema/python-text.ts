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

/** Breaks a long string between words, as adjacent literals under each other. */
function wrapString(value: string, indent: number, room: number): string {
  const pieces: string[] = [];
  let line = '';
  for (const word of value.match(/\S*\s*/g) ?? []) {
    if (word === '') continue;
    if (line !== '' && stringText(line + word).length > room) {
      pieces.push(line);
      line = word;
    } else {
      line += word;
    }
  }
  if (line !== '') pieces.push(line);
  return pieces.map(stringText).join(`\n${' '.repeat(indent)}`);
}

/** `pprint.pformat(value, width)`. */
export function prettyText(value: unknown, width: number, indent = 0, allowance = 0): string {
  const flat = sortedRepr(value);
  const room = width - indent - allowance;
  if (flat.length <= room) return flat;
  const separator = `,\n${' '.repeat(indent + 1)}`;
  if (Array.isArray(value)) {
    const items = value.map((item, index) =>
      prettyText(item, width, indent + 1, index === value.length - 1 ? allowance + 1 : 1),
    );
    return `[${items.join(separator)}]`;
  }
  if (isRecord(value)) {
    const keys = sortedKeys(value);
    const items = keys.map((key, index) => {
      const label = `${stringText(key)}: `;
      const last = index === keys.length - 1;
      const inner = indent + 1 + label.length;
      return label + prettyText(value[key], width, inner, last ? allowance + 1 : 1);
    });
    return `{${items.join(separator)}}`;
  }
  return typeof value === 'string' ? wrapString(value, indent, room) : flat;
}
