import { OpsProblem } from '../problem';

/** Bytes. Also the trigger refuses more, before it reads a body into memory. */
export const longestBody = 1_048_576;

export type JsonBody = { readonly text: string; readonly value: unknown };

/**
 * The JSON body of a POST, at most 1 MB. An empty one is an empty object.
 * @throws OpsProblem 415 `ops/not-json`, 413 `ops/body-too-large`, 400 `ops/bad-json`
 */
export async function readJsonBody(request: Request): Promise<JsonBody> {
  const type = request.headers.get('content-type') ?? '';
  const text = await request.text();
  if (text === '' && type === '') return { text, value: {} };
  if (!/^application\/json(?:;|$)/i.test(type)) {
    throw new OpsProblem(415, 'ops/not-json', 'The body must be application/json.');
  }
  if (Buffer.byteLength(text) > longestBody) {
    throw new OpsProblem(413, 'ops/body-too-large', 'The body is longer than 1 MB.');
  }
  try {
    return { text, value: text === '' ? {} : (JSON.parse(text) as unknown) };
  } catch (cause) {
    throw new OpsProblem(400, 'ops/bad-json', 'The body is not JSON.', { cause });
  }
}
