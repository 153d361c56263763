/** How Graph's changes come from Event Grid: not at all, posted to the app, or by a queue. */
export const graphEventWays = ['off', 'webhook', 'queue'] as const;
export type GraphEventWay = (typeof graphEventWays)[number];

/**
 * What registration needs to know of LICENSER_GRAPH_EVENTS, before settings are checked: a trigger of a queue that is not there
 * would be an error every minute. undefined: it is none of them, which `loadConfig` refuses.
 */
export function readGraphEventWay(
  environment: Readonly<Record<string, string | undefined>>,
): GraphEventWay | undefined {
  const text = environment['LICENSER_GRAPH_EVENTS'] || 'off';
  return graphEventWays.find((way) => way === text);
}

/** What the address of Event Grid in a subscription must name, as Microsoft spells it. */
const eventGridParts = ['azuresubscriptionid', 'resourcegroup', 'partnertopic', 'location'] as const;

/** Whether LICENSER_NOTIFICATION_URL has Graph hand its changes to Event Grid. */
export function isEventGrid(notificationUrl: string): boolean {
  return /^eventgrid:/i.test(notificationUrl);
}

/**
 * What is wrong with an address of Event Grid, `EventGrid:?azuresubscriptionid=…&resourcegroup=…&partnertopic=…&location=…`.
 * https://learn.microsoft.com/azure/event-grid/subscribe-to-graph-api-events
 */
export function eventGridProblems(
  notificationUrl: string,
  way: GraphEventWay | undefined,
): readonly string[] {
  const { searchParams } = new URL(notificationUrl);
  const missing = eventGridParts.filter((part) => !searchParams.get(part));
  return [
    ...(missing.length === 0 ? [] : [`LICENSER_NOTIFICATION_URL must name ${missing.join(', ')}`]),
    ...(way === 'off'
      ? ['LICENSER_GRAPH_EVENTS must be webhook or queue when LICENSER_NOTIFICATION_URL is of Event Grid']
      : []),
  ];
}
