/** An element of a document, with what is directly in it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Character data directly inside, references resolved. */
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};
const allowed = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
const nameForm = /[A-Za-z_:][\w:.-]*/y;

/** Reads a document as XML 1.0 has it, without DTD; throws at the first thing that is not well-formed. */
export function parseXml(source: string): Element {
  if (!allowed.test(source)) throw new Error('a character that XML cannot hold');
  const text = source.replace(/\r\n?/g, '\n');
  let at = 0;
  const fail = (why: string): never => {
    throw new Error(`${why} at ${at}: ${JSON.stringify(text.slice(at, at + 60))}`);
  };
  const take = (literal: string): boolean => {
    if (!text.startsWith(literal, at)) return false;
    at += literal.length;
    return true;
  };
  const expect = (literal: string): void => {
    if (!take(literal)) fail(`no ${literal}`);
  };
  const space = (): boolean => {
    const from = at;
    while (/[ \t\n]/.test(text[at] ?? '')) at += 1;
    return at > from;
  };
  const name = (): string => {
    nameForm.lastIndex = at;
    const found = nameForm.exec(text)?.[0] ?? fail('no name');
    at += found.length;
    return found;
  };
  const resolve = (raw: string): string => {
    if (raw.includes('<')) fail('a bare <');
    return raw.replace(/&(?:#x([0-9A-Fa-f]+);|#([0-9]+);|(\w+);)?/g, (_, hex, decimal, word) => {
      const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : undefined;
      const character = code === undefined ? entities[word ?? ''] : String.fromCodePoint(code);
      if (character === undefined || !allowed.test(character)) return fail('a bad reference');
      return character;
    });
  };
  const attributes = (): Record<string, string> => {
    const found: Record<string, string> = {};
    while (space() && /[A-Za-z_:]/.test(text[at] ?? '')) {
      const key = name();
      if (key in found) fail('an attribute twice');
      expect('=');
      const quote = text[at] === '"' || text[at] === "'" ? (text[at] ?? '') : fail('no quote');
      const end = text.indexOf(quote, at + 1);
      if (end < 0) fail('an open attribute');
      found[key] = resolve(text.slice(at + 1, end).replace(/[\t\n]/g, ' '));
      at = end + 1;
    }
    return found;
  };
  const element = (): Element => {
    expect('<');
    const own = name();
    const given = attributes();
    if (take('/>')) return { name: own, attributes: given, children: [], text: '' };
    expect('>');
    const children: Element[] = [];
    let content = '';
    while (!take(`</${own}`)) {
      if (take('<![CDATA[')) {
        const end = text.indexOf(']]>', at);
        if (end < 0) fail('open CDATA');
        content += text.slice(at, end);
        at = end + 3;
      } else if (text[at] === '<') children.push(element());
      else {
        const end = text.indexOf('<', at);
        if (end < 0) fail('an open element');
        const run = text.slice(at, end);
        if (run.includes(']]>')) fail(']]> in text');
        content += resolve(run);
        at = end;
      }
    }
    space();
    expect('>');
    return { name: own, attributes: given, children, text: content };
  };
  if (take('<?xml')) {
    const end = text.indexOf('?>', at);
    if (!/^ version='1\.0'( encoding='utf-8')? ?$/.test(text.slice(at, end))) fail('declaration');
    at = end + 2;
  }
  space();
  const root = element();
  space();
  if (at < text.length) fail('something after the root');
  return root;
}

/** The one child of that name. */
export function child(parent: Element, name: string): Element {
  const found = parent.children.filter((each) => each.name === name);
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`${found.length} of ${name} in ${parent.name}`);
  return first;
}
