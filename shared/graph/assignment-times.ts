import { z } from 'zod';
import { toSkuId, toUserId } from '../kernel/ids';
import type { SkuId, UserId } from '../kernel/ids';
import { makeGraphClient, microsoftGraph } from './graph-client';
import { readBatch } from './graph-batch';
import type { GraphDirectoryOptions } from './graph-directory';
import { GraphTransport } from './graph-transport';
import { unreadable } from './refusals/refused-answer';

/** When each direct license of a user was last changed, milliseconds; null: Graph does not say. */
export type AssignmentTimes = ReadonlyMap<SkuId, number | null>;

/** Of many users. A user whom Graph does not know is missing. @throws GraphError */
export type ReadAssignmentTimes = (ids: readonly UserId[]) => Promise<ReadonlyMap<UserId, AssignmentTimes>>;

/** https://learn.microsoft.com/graph/api/resources/licenseassignmentstate */
const Answer = z.object({
  licenseAssignmentStates: z
    .array(
      z.object({
        skuId: z.guid(),
        assignedByGroup: z.string().nullish(),
        lastUpdatedDateTime: z.iso.datetime({ offset: true }).nullish().catch(null),
      }),
    )
    .nullish(),
});

/** ReadAssignmentTimes over Microsoft Graph v1.0, 20 users a request. */
export function makeReadAssignmentTimes(options: GraphDirectoryOptions): ReadAssignmentTimes {
  const origin = options.graphOrigin ?? microsoftGraph;
  const transport = new GraphTransport(makeGraphClient(options.credential, origin), options);
  const pathOf = (id: UserId) => `/users/${id}?$select=id,licenseAssignmentStates`;
  return async (ids) => {
    const results = await readBatch(
      transport,
      ids.map((id) => ({ path: pathOf(id) })),
    );
    const times = new Map<UserId, AssignmentTimes>();
    for (const [index, result] of results.entries()) {
      const id = ids[index];
      if (id === undefined) continue;
      if ('error' in result) {
        if (result.error.class === 'gone') continue;
        throw result.error;
      }
      const answer = Answer.safeParse(result.body);
      if (!answer.success) throw unreadable({ method: 'GET', path: pathOf(id) }, answer.error);
      times.set(toUserId(id), timesOf(answer.data));
    }
    return times;
  };
}

function timesOf({ licenseAssignmentStates }: z.infer<typeof Answer>): AssignmentTimes {
  const direct = (licenseAssignmentStates ?? []).filter(({ assignedByGroup }) => !assignedByGroup);
  return new Map(
    direct.map(({ skuId, lastUpdatedDateTime: at }) => [
      toSkuId(skuId),
      at === null || at === undefined ? null : Date.parse(at),
    ]),
  );
}
