import { z } from 'zod';
import { readErrorBody } from './error-body';
import { GraphError } from './graph-error';
import { classifyRefusal, conflictPairsInText, idsInText, unassignableInText } from './license-refusal';
import { graphCallOf } from '../permissions';
import { retryAfterMs } from '../../kernel/retry-after';

type HeaderBag = { get(name: string): string | null };
type Asked = { readonly method: string; readonly path: string };

export type RefusedAnswer = {
  readonly status: number;
  readonly headers: HeaderBag;
  /** As text, or as parsed JSON (a part of a batch). */
  readonly body: unknown;
};

/**
 * An answer that is not 2xx, of a single request or of a part of a batch. Its text is kept verbatim; of a missing
 * permission the name is added. Never throws.
 *
 * @param asked the request; undefined: not known, as when a person shows an answer
 * @param now milliseconds, for a Retry-After that is a date
 */
export function toGraphError(
  { status, headers, body }: RefusedAnswer,
  asked: Asked | undefined,
  now: number,
): GraphError {
  const { code, text, requestId } = readErrorBody(body);
  const isWrite = asked !== undefined && asked.method !== 'GET';
  const errorClass = classifyRefusal({ status, code, text, isWrite });
  const call = errorClass === 'permission' && asked ? graphCallOf(asked.method, asked.path) : undefined;
  const said = text === '' || code === undefined ? `Graph answered ${status}` : text;
  const page = code === undefined && text !== '' ? ` with a page: ${text}` : '';
  const named = text === '' && code ? ` ${code}` : '';
  return new GraphError(errorClass, `${said}${named}${page}${permissionNote(status, call)}`, {
    status,
    graphCode: code ?? '',
    retryAfterMs: retryAfterMs(headers.get('retry-after'), now),
    ids: idsInText(text),
    pairs: errorClass === 'conflict' ? conflictPairsInText(text) : [],
    unassignable: errorClass === 'configuration' ? unassignableInText(text) : [],
    requestId: requestId ?? headers.get('request-id') ?? undefined,
    permission: status === 403 ? call?.permission : undefined,
  });
}

/** 401 is about the token as a whole, so no single permission is named. */
function permissionNote(status: number, call: ReturnType<typeof graphCallOf>): string {
  if (call === undefined || status !== 403) return '';
  return ` (${call.method} ${call.path} needs ${call.permission}, see docs/permissions.md)`;
}

/**
 * A 200 whose content is not what Graph's documentation says. That is Graph's trouble of the moment, as a 503 is: no
 * decision about a user follows from it.
 */
export function unreadable(asked: Asked, error: z.ZodError, requestId?: string): GraphError {
  const where = asked.path.split('?')[0];
  return new GraphError(
    'unavailable',
    `Graph's answer to ${asked.method} ${where} is not what it should be: ${z.prettifyError(error)}`,
    { status: 200, requestId, cause: error },
  );
}

/** A 200 that leaves out the names of groups: what Graph does when the app may not see them. */
export function namesWithheld(asked: Asked, permission: string): GraphError {
  const where = asked.path.split('?')[0];
  return new GraphError(
    'withheld',
    `Graph answered ${asked.method} ${where} without the names of groups: the app needs ${permission}, see docs/permissions.md`,
    { status: 200, permission },
  );
}
