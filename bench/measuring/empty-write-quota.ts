import { randomUUID } from 'node:crypto';
import { BatchAnswer } from '../../shared/graph/answer-schemas';
import type { MeasuredCloud } from './measured-cloud';

/** Writes to users that do not exist, as the product's own app, until Graph refuses: each costs quota and changes nothing. */
export async function emptyWriteQuota({ graph }: MeasuredCloud): Promise<void> {
  for (;;) {
    const requests = Array.from({ length: 20 }, (_, index) => ({
      id: String(index),
      method: 'PATCH',
      url: `/users/${randomUUID()}`,
      headers: { 'content-type': 'application/json' },
      body: { usageLocation: 'NL' },
    }));
    const { responses } = await graph.ask(
      { method: 'POST', path: '/$batch', body: { requests } },
      BatchAnswer,
    );
    if (responses.some(({ status }) => status === 429)) return;
  }
}
