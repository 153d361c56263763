import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTenant, sampleOptions } from '@auto-licenser/graph-emulator/make-tenant';
import type { TestCloud } from './local-cloud';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

/** How many seats the tenant has of a SKU from now on. */
export async function setSeats(test: TestCloud, skuId: string, enabled: number): Promise<void> {
  const url = `${test.cloud.file.graph.origin}/_local/skus/${skuId}`;
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: controlHeaders(test.cloud.file.graph),
    body: JSON.stringify({ enabled }),
  });
  if (!answer.ok) throw new Error(`Seats of ${skuId}: ${answer.status} ${await answer.text()}`);
}

/**
 * Writes the sample tenant with seats for everybody and gives the path of the file. No waiting list, whose server a kill
 * could take away for half a minute, gives anything second. The seats are there before the app starts: it remembers its
 * first reading of them for 10 seconds.
 */
export function writeAmpleTenant(folder: string): string {
  const lines = [...makeTenant(sampleOptions)].map((line) =>
    line.type === 'sku' && line.capabilityStatus === 'Enabled'
      ? { ...line, prepaidUnits: { ...line.prepaidUnits, enabled: 100_000 } }
      : line,
  );
  const file = join(folder, 'tenant.ndjson');
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
  return file;
}
