import { expect, it } from '@jest/globals';
import { seenOf } from '../../../../shared/pipeline/look/seen-user';
import type { SeenUser } from '../../../../shared/pipeline/look/seen-user';

const license = (skuId: string) => ({ skuId, disabledPlans: [], state: 'Active', error: null });

it('a user holds every SKU that they have directly or by a group, each once: none of them takes another seat', () => {
  const look = {
    user: { properties: {} },
    input: {
      holding: {
        direct: [license('a'), license('b')],
        inherited: [license('b'), license('c')],
        usageLocation: null,
      },
      policy: { mode: 'enforce', needs: {} },
    },
    decision: {},
    granted: [],
  } as unknown as SeenUser;

  const { held, direct } = seenOf(look);

  expect(held).toEqual(['a', 'b', 'c']);
  expect(direct.map(({ skuId }) => skuId)).toEqual(['a', 'b']);
});
