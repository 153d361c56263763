import type { CursorStore } from '../../store/ports/cursor-store';

/** What Graph is subscribed to. */
export const subscribedResources = ['users', 'groups'] as const;
export type SubscribedResource = (typeof subscribedResources)[number];

/** The row that says which subscription to users is kept; its time is that of the last renewal. */
export const subscriptionCursor = 'graph-subscription';

/** The rows of both. */
export const subscriptionCursors: Readonly<Record<SubscribedResource, string>> = {
  users: subscriptionCursor,
  groups: 'graph-subscription-groups',
};

/** Graph did not let the app subscribe: a permission is missing. */
export const refusedSubscription = 'refused';
/** There was one, and nothing asks for it any more. */
export const unusedSubscription = 'unused';

/**
 * A subscription as its row has it. `url`, `state`: fingerprints of what it was made with, since Graph never shows its
 * clientState again; `state` is empty in rows of earlier versions.
 */
export type KeptSubscription = { readonly id: string; readonly url: string; readonly state: string };

/** undefined: there is none. */
export function readKept(value: string | null): KeptSubscription | undefined {
  const [id, url, state = ''] = (value ?? '').split(' ');
  return id === undefined || url === undefined ? undefined : { id, url, state };
}

/** The subscription as its row holds it. */
export function writeKept({ id, url, state }: KeptSubscription): string {
  return [id, url, state].join(' ');
}

/** Fingerprints of the client states that the kept subscriptions were made with. */
export async function keptStates(cursors: Pick<CursorStore, 'read'>): Promise<readonly string[]> {
  const rows = await Promise.all(subscribedResources.map((one) => cursors.read(subscriptionCursors[one])));
  return rows.map(({ value }) => readKept(value)?.state ?? '').filter((state) => state !== '');
}
