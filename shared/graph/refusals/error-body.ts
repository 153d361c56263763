/** What an error body says, however it is wrapped. */
export type ErrorContent = {
  /** error.code; '' when Graph left it empty; undefined: the body is no error of Graph's (a web page, nothing). */
  readonly code: string | undefined;
  /** error.message, verbatim; of a web page its words; '' when there are none. */
  readonly text: string;
  readonly requestId: string | undefined;
};

type Json = Readonly<Record<string, unknown>>;

/** A message inside a message inside a message is as deep as gateways nest them. */
const deepest = 4;
/** A web page says what it has to say at its beginning. */
const pageLength = 300;

/**
 * Reads the body of an answer that is not 2xx: Graph's own shape, the older `odata.error`, an error with its inner error
 * or its details only, one that a gateway put into the message of another, an OAuth error, a web page, or nothing.
 * Shape: https://learn.microsoft.com/graph/errors#json-representation
 *
 * @param body the body as text, or as parsed JSON (a part of a batch)
 */
export function readErrorBody(body: unknown): ErrorContent {
  if (typeof body !== 'string') return fromJson(body, 0) ?? nothing;
  const parsed = parseJson(body);
  if (parsed !== undefined) return fromJson(parsed, 0) ?? nothing;
  return { ...nothing, text: wordsOfPage(body) };
}

const nothing: ErrorContent = { code: undefined, text: '', requestId: undefined };

function fromJson(value: unknown, depth: number): ErrorContent | undefined {
  if (depth > deepest) return undefined;
  if (Array.isArray(value)) return fromJson(value[0], depth + 1);
  if (!isObject(value)) return undefined;
  const inside = field(value, 'error', 'odata.error', '@odata.error', 'errors');
  if (typeof inside === 'string') {
    // https://learn.microsoft.com/entra/identity-platform/reference-error-codes#handling-error-codes-in-your-application
    return { code: inside, text: textOf(field(value, 'error_description')), requestId: undefined };
  }
  if (inside !== undefined) return fromJson(inside, depth + 1) ?? { ...nothing, code: '' };
  if (field(value, 'code', 'message', 'innererror', 'details') === undefined) {
    return undefined;
  }
  return fromError(value, depth);
}

function fromError(error: Json, depth: number): ErrorContent {
  const inner = field(error, 'innererror');
  const within = [inner, field(error, 'details')].map((one) => fromJson(one, depth + 1));
  const own = textOf(field(error, 'message'));
  const wrapped = own.trimStart().startsWith('{') ? fromJson(parseJson(own), depth + 1) : undefined;
  const code = textOf(field(error, 'code'));
  const pick = (name: 'code' | 'text') => within.map((one) => one?.[name] ?? '').find((one) => one !== '');
  const requestId = isObject(inner) ? textOf(field(inner, 'request-id')) : '';
  return {
    // A code that was wrapped is the cause; the outer one is the gateway's.
    code: wrapped?.code || code || (pick('code') ?? ''),
    text: wrapped?.text || own || (pick('text') ?? ''),
    requestId: requestId || wrapped?.requestId,
  };
}

/** Names differ in case between Graph's services (`innerError`, `innererror`). */
function field(value: Json, ...names: readonly string[]): unknown {
  for (const [key, found] of Object.entries(value)) if (names.includes(key.toLowerCase())) return found;
  return undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  // `message: { lang, value }` of OData 3.
  return isObject(value) ? textOf(field(value, 'value')) : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch {
    return undefined;
  }
}

function wordsOfPage(text: string): string {
  return text
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;|\s+/g, ' ')
    .trim()
    .slice(0, pageLength);
}
