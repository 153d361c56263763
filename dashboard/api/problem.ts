/** Positions in a policy file, or members of an input that are wrong. */
export type ProblemDetail = { readonly at?: string; readonly message: string };

/** An answer of the ops API that is no success (RFC 9457), or none at all. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** 0: the app did not answer. */
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly hint: string | null;
  readonly requestId: string | null;
  /** The role that is missing; null: it is not about roles. */
  readonly needs: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(facts: {
    status: number;
    code: string;
    title: string;
    detail: string;
    hint?: string | null;
    requestId?: string | null;
    needs?: string | null;
    retryAfterSeconds?: number | null;
  }) {
    super(facts.detail);
    this.status = facts.status;
    this.code = facts.code;
    this.title = facts.title;
    this.hint = facts.hint ?? null;
    this.requestId = facts.requestId ?? null;
    this.needs = facts.needs ?? null;
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
  }
}

/** The app did not answer: no network, or it is being restarted. */
export function unreachable(): ApiProblem {
  return new ApiProblem({
    status: 0,
    code: 'page/unreachable',
    title: 'The app does not answer',
    detail: 'Nothing came back: the network is down here, or the app is being restarted.',
    hint: 'What is shown is what was known before. It is tried again by itself.',
  });
}

/** There is no token to ask with: nothing is sent until the person signs in again. */
export function notSignedIn(): ApiProblem {
  return new ApiProblem({
    status: 401,
    code: 'page/session',
    title: 'Your session has ended',
    detail: 'Your session has ended: sign in again.',
  });
}

function textIn(body: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = body[key];
  return typeof value === 'string' ? value : null;
}

/** Reads a refusal; one that is not of the ops API (a proxy, the platform) says so. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const retryAfter = Number(response.headers.get('retry-after'));
  const parsed: unknown = await response.json().catch(() => null);
  const body = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  return new ApiProblem({
    status: response.status,
    code: textIn(body, 'code') ?? 'page/answer',
    title: textIn(body, 'title') ?? `The app answered ${String(response.status)}`,
    detail: textIn(body, 'detail') ?? 'The answer does not say why.',
    hint: textIn(body, 'hint'),
    requestId: textIn(body, 'requestId') ?? response.headers.get('x-request-id'),
    needs: textIn(body, 'needs'),
    retryAfterSeconds: retryAfter > 0 ? retryAfter : null,
  });
}
