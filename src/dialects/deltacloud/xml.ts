const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What XML 1.0 (§2.2) cannot hold in any spelling: control characters, lone surrogates, U+FFFE and U+FFFF. */
const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Most texts are made of these, which need no escape. */
const harmless = /^[\t\n !#-%(-;=?-~]*$/;

/** Text for an element or an attribute of XML (or HTML); what XML cannot hold is left out. A carriage return is kept as such. */
export function escapeXml(text: string): string {
  if (harmless.test(text)) return text;
  return text
    .replace(forbidden, '')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
    .replaceAll('\r', '&#13;');
}

/** Text inside CDATA, where nothing can be escaped. */
export function cdata(text: string): string {
  return `<![CDATA[${text.replace(forbidden, '').replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

export const declaration = "<?xml version='1.0' encoding='utf-8' ?>\n";
