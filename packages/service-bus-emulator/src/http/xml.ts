/** The little XML the management API needs: flat descriptions inside an Atom entry. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&${names[character] ?? ''};`);
}

const names: Readonly<Record<string, string>> = {
  '<': 'lt',
  '>': 'gt',
  '&': 'amp',
  '"': 'quot',
  "'": 'apos',
};
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Replaces the entities of XML by their characters. */
export function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(String(hex), 16));
    return entities[String(name)] ?? whole;
  });
}

/** `<name>text</name>`; nothing for undefined. */
export function element(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `<${name}>${escapeXml(String(value))}</${name}>`;
}

/**
 * The children of the first element of that name that hold text, by local name. undefined: there is no such element.
 */
export function readFields(xml: string, name: string): ReadonlyMap<string, string> | undefined {
  const inner = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([\\s\\S]*)</(?:\\w+:)?${name}>`).exec(xml)?.[1];
  const isEmpty = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?/>`).test(xml);
  if (inner === undefined) return isEmpty ? new Map() : undefined;
  const fields = new Map<string, string>();
  for (const match of inner.matchAll(/<(?:\w+:)?(\w+)(?:\s[^>]*)?>([^<]*)<\/(?:\w+:)?\1>/g)) {
    fields.set(match[1] ?? '', unescapeXml((match[2] ?? '').trim()));
  }
  return fields;
}
