import { z } from 'zod';
import { PermanentError } from '../../../kernel/errors';

/**
 * One JSON value in a table row. A string property holds at most 64 KiB of UTF-16 and a row 1 MiB
 * (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model), so the text is cut into
 * `json`, `json1`, `json2`, … of at most 32,000 characters; what needs more than 15 of them is refused.
 */
export const chunkLength = 32_000;
export const mostChunks = 15;

/**
 * Everything beyond ASCII is escaped: the table emulator decodes a request piece by piece and spoils a character that
 * lies across two pieces, and a text cut into properties could part a surrogate pair.
 */
function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export type JsonProperties = Readonly<Record<string, string>>;

/**
 * The value as properties of a row; `what` names it in errors.
 * @throws PermanentError `store/value-too-large` when it does not fit a row
 */
export function toJsonProperties(value: unknown, what: string): JsonProperties {
  const text = toAsciiJson(value);
  const properties: Record<string, string> = {};
  const chunks = Math.ceil(text.length / chunkLength);
  if (chunks > mostChunks) {
    throw new PermanentError(
      'store/value-too-large',
      `${what} has ${text.length} characters of JSON; a row holds ${chunkLength * mostChunks}`,
    );
  }
  for (let index = 0; index < chunks; index++) {
    properties[index === 0 ? 'json' : `json${index}`] = text.slice(
      index * chunkLength,
      (index + 1) * chunkLength,
    );
  }
  return properties;
}

/**
 * The value that `toJsonProperties` put into a row; `what` names it in errors.
 * @throws PermanentError `store/unreadable-row` when the row does not hold what the schema says
 */
export function fromJsonProperties<Value>(
  row: Readonly<Record<string, unknown>>,
  schema: z.ZodType<Value>,
  what: string,
): Value {
  let text = '';
  for (let index = 0; ; index++) {
    const chunk = row[index === 0 ? 'json' : `json${index}`];
    if (typeof chunk !== 'string') break;
    text += chunk;
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new PermanentError('store/unreadable-row', `${what} does not hold JSON`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new PermanentError(
    'store/unreadable-row',
    `${what} does not hold what it should: ${z.prettifyError(parsed.error).replace(/\s*\n\s*/g, ' ')}`,
    { cause: parsed.error },
  );
}
