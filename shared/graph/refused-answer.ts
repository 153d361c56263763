import { z } from 'zod';
import { ErrorBody } from './answer-schemas';
import { GraphError } from './graph-error';
import { classifyRefusal, conflictPairsInText, idsInText } from './license-refusal';
import { retryAfterMs } from '../kernel/retry-after';

type HeaderBag = { get(name: string): string | null };

/** An answer that is not 2xx, of a single request or of a part of a batch. Its text is kept verbatim. */
export function toGraphError(
  status: number,
  headers: HeaderBag,
  body: unknown,
  isWrite: boolean,
  now: number,
): GraphError {
  const parsed = ErrorBody.safeParse(typeof body === 'string' ? fromJson(body) : body);
  const error = parsed.success ? parsed.data.error : undefined;
  const text = error?.message ?? '';
  const code = error?.code ?? '';
  const message = text === '' ? `Graph answered ${status}${code === '' ? '' : ` ${code}`}` : text;
  const errorClass = classifyRefusal({ status, code, text, isWrite });
  return new GraphError(errorClass, message, {
    status,
    graphCode: code,
    retryAfterMs: retryAfterMs(headers.get('retry-after'), now),
    ids: idsInText(text),
    pairs: errorClass === 'conflict' ? conflictPairsInText(text) : [],
    requestId: error?.innerError?.['request-id'] ?? headers.get('request-id') ?? undefined,
  });
}

/** A 200 whose content is not what Graph's documentation says. */
export function unreadable(
  request: { readonly method: string; readonly path: string },
  error: z.ZodError,
  requestId?: string,
): GraphError {
  const where = request.path.split('?')[0];
  return new GraphError(
    'unknown',
    `Graph's answer to ${request.method} ${where} is not what it should be: ${z.prettifyError(error)}`,
    { status: 200, requestId, cause: error },
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
