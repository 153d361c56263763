import type { HttpRequest } from '@azure/functions';

/**
 * The body of a request as text; undefined: it has more bytes than `most`, and no more than that was kept. What the
 * header says is refused before anything is read.
 */
export async function readLimited(
  request: Pick<HttpRequest, 'headers' | 'body'>,
  most: number,
): Promise<string | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > most) return undefined;
  if (request.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body as AsyncIterable<Uint8Array | string>) {
    const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += part.byteLength;
    if (bytes > most) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}
