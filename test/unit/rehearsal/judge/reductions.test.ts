import { describe, expect, it } from '@jest/globals';
import { countReductions, ranksOf } from '../../../../rehearsal/judge/reductions';
import type { LoggedChange } from '../../../../rehearsal/judge/reductions';

type Held = Readonly<Record<string, readonly string[]>>;
const snapshot = (held: Held) => ({
  directLicenses: Object.entries(held).map(([skuId, disabledPlans]) => ({ skuId, disabledPlans })),
});
const write = (before: Held, after: Held, extra: Partial<LoggedChange> = {}): LoggedChange => ({
  kind: 'assignLicense',
  effective: true,
  before: snapshot(before),
  after: snapshot(after),
  ...extra,
});
const ranks = ranksOf({ exclusive: [['SPE_E5', 'id-e3']] }, [
  { skuId: 'id-e5', skuPartNumber: 'SPE_E5' },
  { skuId: 'id-e3', skuPartNumber: 'SPE_E3' },
]);

describe('countReductions', () => {
  it.each([
    ['a license that is taken away', write({ ems: [] }, {})],
    ['a plan that is switched off', write({ ems: ['a'] }, { ems: ['a', 'b'] })],
    ['a lesser license in the place of a better one', write({ 'id-e5': [] }, { 'id-e3': [] })],
    ['another license in the place of one', write({ ems: [] }, { visio: [] })],
  ])('counts %s', (_what, entry) => {
    expect(countReductions([entry], ranks)).toBe(1);
  });

  it.each([
    ['a first license', write({}, { ems: ['a'] })],
    ['a plan that is switched on', write({ ems: ['a', 'b'] }, { ems: ['a'] })],
    ['a better license in the place of a lesser one', write({ 'id-e3': [] }, { 'id-e5': [] })],
    ['a write without effect', write({ ems: [] }, {}, { effective: false })],
    ['a usage location', write({ ems: [] }, {}, { kind: 'usageLocation' })],
  ])('does not count %s', (_what, entry) => {
    expect(countReductions([entry], ranks)).toBe(0);
  });
});
