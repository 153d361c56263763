import { malformedRequest } from '../../engine/graph-fault';

const parts = ['azuresubscriptionid', 'resourcegroup', 'partnertopic', 'location'] as const;

/** Whether a subscription's address is a partner topic of Event Grid instead of an endpoint. */
export function isTopicAddress(address: string): boolean {
  return /^eventgrid:/i.test(address);
}

/**
 * The partner topic in `EventGrid:?azuresubscriptionid=…&resourcegroup=…&partnertopic=…&location=…`.
 * @throws GraphFault 400 when a part is missing
 */
export function topicOf(address: string): string {
  const { searchParams } = new URL(address);
  const missing = parts.filter((part) => !searchParams.get(part));
  if (missing.length > 0) throw malformedRequest(`The address of Event Grid lacks ${missing.join(', ')}.`);
  return searchParams.get('partnertopic') ?? '';
}
