import type { Clock } from '../kernel/clock';
import { retryAfterMs } from '../kernel/retry-after';

/** `problem` names a status or an error code, never the address. `refused`: the same call would fail again. */
export type PostAnswer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'failed'; readonly problem: string; readonly retryAfterMs?: number };

/** One POST, bounded by its time-out; never throws. Redirects are not followed: a signed body goes nowhere else. */
export async function postOnce(
  url: string,
  request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    /** For a Retry-After that is a date. */
    readonly clock: Clock;
  },
): Promise<PostAnswer> {
  const { headers, body, timeoutMs, signal, clock } = request;
  const call = new AbortController();
  const end = () => call.abort(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  // Node.js 20's AbortSignal.any holds AbortSignal.timeout only weakly: collected as garbage, it never ends a call that hangs.
  const timer = setTimeout(
    () => call.abort(new DOMException('No answer in time', 'TimeoutError')),
    timeoutMs,
  );
  timer.unref();
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: call.signal,
    });
    // Nothing of the answer is read, however long it is.
    await answer.body?.cancel();
    if (answer.ok) return { kind: 'taken' };
    const problem = `status ${answer.status}`;
    const passes = answer.status === 408 || answer.status === 429 || answer.status >= 500;
    if (!passes) return { kind: 'refused', problem };
    const asked = retryAfterMs(answer.headers.get('retry-after'), clock.now());
    return { kind: 'failed', problem, ...(asked === undefined ? {} : { retryAfterMs: asked }) };
  } catch (thrown) {
    return { kind: 'failed', problem: errorName(thrown) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** ECONNREFUSED, TimeoutError, …: the message would name the host. What fetch throws may be of another realm. */
function errorName(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return 'unknown';
  const { name, cause } = thrown as { name?: unknown; cause?: unknown };
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
}
