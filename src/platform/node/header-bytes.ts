import type { HeaderLines } from '../../core/reply.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Beyond visible ASCII there are bytes to translate. */
const notAscii = /[^\t\x20-\x7e]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: Node throws on these, and so would an attacker's header begin
const unwritable = /[\x00-\x08\x0a-\x1f\x7f]/g;

/** Node hands header bytes over as Latin-1; they are UTF-8 on the wire. `undefined` for bytes that are not. */
export function decodeHeader(value: string): string | undefined {
  if (!notAscii.test(value)) return value;
  try {
    return utf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Header lines as the flat list that `writeHead` takes, values as UTF-8 bytes in Latin-1 clothes; `ascii` when none needed it. */
export function encodeHeaderLines(headers: HeaderLines): { lines: string[]; ascii: boolean } {
  const lines: string[] = [];
  let ascii = true;
  for (const [name, value] of headers) {
    if (notAscii.test(value)) {
      ascii = false;
      lines.push(name, Buffer.from(value.replace(unwritable, ' '), 'utf8').toString('latin1'));
    } else {
      lines.push(name, value);
    }
  }
  return { lines, ascii };
}
