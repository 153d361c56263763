import { createHash } from 'node:crypto';

/** Azure allows 512 characters of UTF-16 here; a hash and its separator must fit behind the start. */
const longestKey = 400;

/**
 * Any text as a partition or row key. Keys may not hold / \ # ? or control characters, nor exceed 1 KiB
 * (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model).
 * Everything unusual becomes `=XX` (its UTF-8 bytes); what is too long keeps its start and ends in its SHA-256.
 */
export function toRowKey(text: string): string {
  const escaped = [...text]
    .map((character) =>
      /^[A-Za-z0-9.:_@|-]$/.test(character)
        ? character
        : [...Buffer.from(character, 'utf8')]
            .map((byte) => `=${byte.toString(16).padStart(2, '0').toUpperCase()}`)
            .join(''),
    )
    .join('');
  if (escaped.length <= longestKey) return escaped;
  const digest = createHash('sha256').update(text, 'utf8').digest('hex');
  return `${escaped.slice(0, longestKey - digest.length - 1)}=${digest}`;
}

/** A text inside an OData filter: quotes are doubled. */
export function odataText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The text that `toRowKey` made a key of; of one that was too long, what is left of it. */
export function fromRowKey(key: string): string {
  return key.replace(/(?:=[0-9A-F]{2})+/g, (escaped) =>
    Buffer.from(escaped.replaceAll('=', ''), 'hex').toString('utf8'),
  );
}
