import { GraphFault } from '../engine/graph-fault';

/**
 * Both addresses have to answer a validation token in plain text before there is a subscription.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 * @throws GraphFault 400
 */
export async function validateEndpoint(address: string, token: string, timeoutMs: number): Promise<void> {
  const url = new URL(address);
  url.searchParams.set('validationToken', token);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
  } catch (error) {
    const isTimeout = (error as { readonly name?: unknown } | null)?.name === 'TimeoutError';
    throw refused(isTimeout ? 'Subscription validation request timed out.' : failure('no connection'));
  }
  if (response.status !== 200) throw refused(failure(`HTTP status code is '${response.status}'`));
  if (!response.headers.get('content-type')?.startsWith('text/plain')) {
    throw refused(failure('the content type of the answer is not text/plain'));
  }
  if (text !== token) throw refused(failure('the answer is not the validation token'));
}

function failure(why: string): string {
  return `Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request: ${why}.`;
}

function refused(message: string): GraphFault {
  return new GraphFault(400, 'ValidationError', message);
}
