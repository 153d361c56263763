import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../../../emulator-kit/src/errors';
import type { HttpCookie, HttpData, TypedData } from '../app/programming-model';

/** A request whose body is over the limit; answered with 413. */
export class BodyTooLargeError extends AppError<'functions-host/body-too-large'> {
  constructor(limit: number) {
    super('functions-host/body-too-large', `The request's body is longer than ${limit} bytes`);
  }
}

/**
 * The whole body.
 * @throws BodyTooLargeError as soon as it is known to be longer than `limit` bytes
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new BodyTooLargeError(limit);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw new BodyTooLargeError(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * What a function gets to see of the body: nothing of one without a Content-Length (chunked), since the Functions host
 * hands only bodies of a known length on to its worker.
 * Source: Azure/azure-functions-host, src/WebJobs.Script.Grpc/MessageExtensions/GrpcMessageConversionExtensions.cs
 * (ToRpcHttp: `request.ContentLength > 0`).
 * @throws BodyTooLargeError as soon as it is known to be longer than `limit` bytes
 */
export async function readFunctionBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const body = await readBody(request, limit);
  return request.headers['content-length'] === undefined ? Buffer.alloc(0) : body;
}

/** Headers that only App Service's own front end may set; a request from outside must not bring them. */
const reserved = /^x-ms-client-principal/;

function toHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || reserved.test(name)) continue;
    result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}

/** Repeated parameters are joined by a comma, as they are on their way to a worker in Azure. */
function toQuery(query: URLSearchParams): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of new Set(query.keys())) result[name] = query.getAll(name).join(',');
  return result;
}

/** A request as the worker sees it. */
export function toHttpData(
  request: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
  body: Buffer,
): TypedData {
  return {
    http: {
      method: request.method ?? 'GET',
      url: url.href,
      headers: toHeaders(request.headers),
      query: toQuery(url.searchParams),
      params,
      ...(body.length > 0 && { body: { bytes: body } }),
    },
  };
}

const sameSites: Readonly<Record<string, string>> = { lax: 'Lax', strict: 'Strict', explicitNone: 'None' };

/** One `Set-Cookie` header (RFC 6265, section 4.1). */
export function toSetCookie(cookie: HttpCookie): string {
  const parts = [`${cookie.name ?? ''}=${encodeURIComponent(cookie.value ?? '')}`];
  const add = (name: string, value: string | number | undefined) => {
    if (value !== undefined) parts.push(`${name}=${value}`);
  };
  add('Domain', cookie.domain?.value);
  add('Path', cookie.path?.value);
  const expires = cookie.expires?.value?.seconds;
  add('Expires', expires === undefined ? undefined : new Date(expires * 1000).toUTCString());
  add('Max-Age', cookie.maxAge?.value);
  add('SameSite', sameSites[cookie.sameSite ?? '']);
  if (cookie.secure?.value) parts.push('Secure');
  if (cookie.httpOnly?.value) parts.push('HttpOnly');
  return parts.join('; ');
}

function toBytes(body: TypedData | null | undefined): Uint8Array {
  if (!body) return Buffer.alloc(0);
  return body.bytes ?? Buffer.from(body.string ?? body.json ?? '', 'utf8');
}

/** A function without an answer is 204, as in Azure. */
export function writeAnswer(response: ServerResponse, answer: HttpData | undefined): void {
  if (!answer) {
    response.writeHead(204).end();
    return;
  }
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  const cookies = (answer.cookies ?? []).map(toSetCookie);
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  response.writeHead(Number(answer.statusCode ?? 200)).end(toBytes(answer.body));
}
