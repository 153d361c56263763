import { expect, it } from '@jest/globals';
import { summarize } from '../../../../cli/commands/policy/import';
import type { PlanLineView } from '../../../../shared/ops/preview/preview-view';

const line = (id: string, more: Partial<PlanLineView> = {}): PlanLineView => ({
  id,
  userPrincipalName: `${id}@contoso.com`,
  outcome: 'right',
  gains: [],
  loses: [],
  plansOn: [],
  plansOff: [],
  usageLocation: null,
  reduction: false,
  reasons: [],
  ...more,
});

it('counts users who hold a license, those who hold none, and those who cannot be planned apart', () => {
  const licensed = new Map(['a', 'b', 'c'].map((id) => [id, `name of ${id}`]));
  const lines = [line('a', { loses: ['EMS'] }), line('b'), line('d', { gains: ['EMS'] }), line('e')];

  expect(summarize({ lines, unreadable: ['c', 'f'] }, licensed)).toEqual({
    users: 3,
    unchanged: 1,
    changed: [{ user: 'name of a', why: 'loses EMS' }],
    gaining: [{ user: 'd@contoso.com', why: 'gains EMS' }],
    unreadable: ['c'],
  });
});
