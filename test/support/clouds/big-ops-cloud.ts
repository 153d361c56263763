import { startBigCloud } from '../../../bench/ops-cloud/big-cloud';
import type { BigCloudOptions } from '../../../bench/ops-cloud/big-cloud';
import type { SeededUser } from '../../../bench/ops-cloud/seeded';
import { connectTestCloud } from '../local-cloud';
import type { TestCloud } from '../local-cloud';

/**
 * A cloud with many users, messages and dead letters, which took some seconds to fill: bench/ops-cloud/big-cloud.ts says
 * with what. Functions that are not in `disabled` work as ever.
 */
export async function startBigOpsCloud(
  options: BigCloudOptions,
): Promise<TestCloud & { readonly users: readonly SeededUser[] }> {
  const lines: string[] = [];
  const exits: string[] = [];
  const { cloud, users } = await startBigCloud({
    ...options,
    onLine: (name, line) => lines.push(`${name}: ${line}`),
    onProcessExit: ({ name }) => exits.push(name),
  });
  return { ...connectTestCloud(cloud, lines, exits), users };
}
