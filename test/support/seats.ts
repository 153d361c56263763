import type { TestCloud } from './local-cloud';

/** How many seats the tenant has of a SKU from now on. */
export async function setSeats(test: TestCloud, skuId: string, enabled: number): Promise<void> {
  const url = `${test.cloud.file.graph.origin}/_local/skus/${skuId}`;
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ enabled }),
  });
  if (!answer.ok) throw new Error(`Seats of ${skuId}: ${answer.status} ${await answer.text()}`);
}

/** Seats for everybody: no waiting list, whose server a kill could take away for half a minute, gives anything second. */
export async function giveAmpleSeats(test: TestCloud): Promise<void> {
  const { body } = await test.graph('GET', '/subscribedSkus');
  const skus = body['value'] as { skuId: string; capabilityStatus: string }[];
  for (const { skuId, capabilityStatus } of skus) {
    if (capabilityStatus === 'Enabled') await setSeats(test, skuId, 100_000);
  }
}
