import type { SkuId, UserId } from '../../kernel/ids';
import type { Services } from '../services';

/** After the row is stored: takes the user off the lists of `before`, save those of `staying`. */
export async function leaveLists(
  { waiting }: Pick<Services, 'waiting'>,
  userId: UserId,
  before: readonly SkuId[],
  staying: readonly SkuId[],
): Promise<void> {
  const leaving = before.filter((skuId) => !staying.includes(skuId));
  if (leaving.length > 0) await waiting.remove(userId, [...new Set(leaving)]);
}
