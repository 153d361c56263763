import type { LocalCloud } from '../../local/cloud-file';

/** Names of the tenant's SKUs and plans by id, for people; an id that is unknown stays an id. */
export type SkuNames = {
  sku(skuId: string): string;
  plan(servicePlanId: string): string;
};

type Skus = {
  value: {
    skuId: string;
    skuPartNumber: string;
    servicePlans: { servicePlanId: string; servicePlanName: string }[];
  }[];
};

/** Asks the embedded Graph, signed in as the local app. */
export async function readSkuNames(graph: LocalCloud['graph']): Promise<SkuNames> {
  const token = await fetch(graph.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: graph.clientId,
      client_secret: graph.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  });
  const { access_token: accessToken } = (await token.json()) as { access_token: string };
  const answer = await fetch(`${graph.origin}/v1.0/subscribedSkus`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const { value } = (await answer.json()) as Skus;
  const skus = new Map(value.map((sku) => [sku.skuId, sku.skuPartNumber]));
  const plans = new Map(
    value.flatMap((sku) => sku.servicePlans).map((plan) => [plan.servicePlanId, plan.servicePlanName]),
  );
  return { sku: (skuId) => skus.get(skuId) ?? skuId, plan: (planId) => plans.get(planId) ?? planId };
}
