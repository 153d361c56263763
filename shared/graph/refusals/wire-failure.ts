import { notConnected } from '../../kernel/http/exchange';
import { ChainFailure } from '../chain-failure';
import { GraphError } from './graph-error';

/** Node's and undici's codes for a connection that never came to be: nothing was sent. */
const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  notConnected,
]);

/** undici hides the code in the cause; of several addresses tried, each has its own. */
function codesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const several = 'errors' in error && Array.isArray(error.errors) ? error.errors.flatMap(codesOf) : [];
  return [...own, ...several, ...('cause' in error ? codesOf(error.cause) : [])];
}

/**
 * No (whole) answer came. A write that may have reached Graph is `ambiguous`; everything else changed nothing and is
 * `unavailable`. No token is `permission`: the identity or its consent is wrong, and asking again will not repair it.
 */
export function fromWireFailure(
  error: Error,
  facts: {
    readonly request: { readonly method: string; readonly path: string };
    readonly isWrite: boolean;
    /** The status line of a success had come already. */
    readonly answered: boolean;
  },
): GraphError {
  const what = `${facts.request.method} ${facts.request.path.split('?')[0]}`;
  if (error instanceof ChainFailure && error.stage === 'token') {
    return new GraphError('permission', `No access token for Microsoft Graph: ${error.message}`, {
      status: 0,
      cause: error.cause,
    });
  }
  // Asked again, it would lead to the same place; a stored position is given up for it (user-delta.ts).
  if (error instanceof ChainFailure && (error.stage === 'link' || error.stage === 'write')) {
    return new GraphError('badRequest', `${what} was not sent: ${error.message}`, {
      status: 400,
      cause: error.cause,
    });
  }
  const codes = codesOf(error instanceof ChainFailure ? error.cause : error);
  const nothingSent = !facts.answered && codes.length > 0 && codes.every((code) => neverSent.has(code));
  const maybeDone = facts.isWrite && !nothingSent;
  return new GraphError(
    maybeDone ? 'ambiguous' : 'unavailable',
    `Graph gave no answer to ${what}: ${codes[0] ?? error.message}`,
    { status: 0, cause: error },
  );
}
