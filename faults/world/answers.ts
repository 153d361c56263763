/** As much of a response as the Graph client reads: a real one costs more than all the rest of a request. */
type PlainAnswer = Pick<Response, 'ok' | 'status' | 'text'> & { readonly headers: Pick<Headers, 'get'> };

/** Graph's answer as `fetch` gives it. `headers`: by lower-case name. */
export function answer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const plain: PlainAnswer = {
    ok: status >= 200 && status < 300,
    status,
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
    text: async () => text,
  };
  return plain as Response;
}

/** An answer with a body as Graph writes it; undefined: none. */
export function json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): Response {
  return answer(status, body === undefined ? '' : JSON.stringify(body), headers);
}

/** A refusal that the tenant itself does not give. */
export function refusal(status: number, code: string, retryAfterSeconds?: number): Response {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return json(status, { error: { code, message: `${code} (injected)` } }, headers);
}

/** The connection broke. */
export function reset(): Error {
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  });
}
