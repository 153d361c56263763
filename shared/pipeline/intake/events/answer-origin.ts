/** Event Grid of a Microsoft cloud, such as `eventgrid.azure.net`. */
const eventGrid = /^eventgrid\.azure\.[a-z]{2,10}$/i;

/** Headers of the answer to a question for permission, and its status. */
export type OriginAnswer = { readonly status: number; readonly headers: Readonly<Record<string, string>> };

/**
 * Whether a sender may post events here: it asks by OPTIONS with its name before the first one. Event Grid may, at any rate;
 * others are refused. That is no sign-in: what lets events in is the function key and the client state.
 * https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema
 * `origin`: the header WebHook-Request-Origin; null: there is none.
 */
export function answerOrigin(origin: string | null): OriginAnswer {
  if (origin === null || !eventGrid.test(origin.trim())) return { status: 403, headers: {} };
  return {
    status: 200,
    headers: {
      allow: 'POST, OPTIONS',
      'webhook-allowed-origin': origin.trim(),
      'webhook-allowed-rate': '*',
    },
  };
}
