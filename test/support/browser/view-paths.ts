import { fixedViews } from '../../../scripts/dashboard/page-views.cjs';

/** Every view that can be opened without naming a user or a rollout. */
export const viewPaths: readonly string[] = Object.values(fixedViews);

type Ids = { readonly user: string; readonly sku: string; readonly rollout: string; readonly policy: string };

/** By their patterns: the views of one thing. */
export const viewsOfOneThing: Readonly<Record<string, (ids: Ids) => string>> = {
  '/users/:id': ({ user }) => `users/${user}`,
  '/failures/:subject': ({ user }) => `failures/${user}`,
  '/seats/:sku': ({ sku }) => `seats/${sku}`,
  '/rollouts/:id': ({ rollout }) => `rollouts/${rollout}`,
  '/policy/:hash': ({ policy }) => `policy/${policy}`,
};
