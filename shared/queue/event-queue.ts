/**
 * The queue into which Event Grid may put Graph's changes (LICENSER_GRAPH_EVENTS=queue): each message is a CloudEvent, or a list
 * of them. Nothing of the product sends to it.
 */
export const eventQueue = 'graph-events';
