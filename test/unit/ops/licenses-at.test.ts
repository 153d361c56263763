import { describe, expect, it } from '@jest/globals';
import { toServicePlanId, toSkuId } from '../../../shared/kernel/ids';
import { findLicensesAt } from '../../../shared/ops/exceptions/licenses-at';
import type { LedgerEntry } from '../../../shared/words/ledger';
import type { License } from '../../../shared/words/license';
import type { TimelineEntry } from '../../../shared/words/timeline';

const ids = {
  EMS: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e',
  E3: '05e9a617-0261-4cee-bb44-138d3ef5d965',
  E5: '06ebc4ee-1bb5-47dd-8120-11324bc54e06',
} as const;
type Name = keyof typeof ids;
const intune = toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5');

/** `EMS`, or `EMS-` without INTUNE_A. */
const license = (text: string): License => ({
  skuId: toSkuId(ids[text.replace('-', '') as Name]),
  disabledPlans: text.endsWith('-') ? [intune] : [],
});
const list = (text: string) => text.split(' ').filter(Boolean);
const entry = (step: TimelineEntry['step'], version: number, at: number, facts: object): TimelineEntry => ({
  step,
  version,
  at,
  text: step,
  facts: { ...facts },
});

let version = 0;
/** One write: what was held before, what is added and removed. */
function write(at: number, before: string | null, add: string, remove = ''): TimelineEntry[] {
  version++;
  const intended = before === null ? {} : { before: list(before).map(license) };
  return [
    entry('intended', version, at, intended),
    entry('written', version, at + 1, {
      add: list(add).map(license),
      remove: list(remove).map((name) => ids[name as Name]),
    }),
  ];
}
const owned = (name: string): LedgerEntry => ({ skuId: ids[name as Name] }) as unknown as LedgerEntry;

describe('what was held at a time', () => {
  it.each<{
    name: string;
    timeline: TimelineEntry[];
    ledger?: string;
    direct?: string;
    at: number;
    held: string;
  }>([
    {
      name: 'before the first license: nothing',
      timeline: write(10, '', 'EMS'),
      ledger: 'EMS',
      direct: 'EMS',
      at: 5,
      held: '!EMS',
    },
    {
      name: 'right after a write: what it wrote',
      timeline: [...write(10, '', 'EMS-'), ...write(20, 'EMS-', 'EMS')],
      ledger: 'EMS',
      direct: 'EMS',
      at: 11,
      held: 'EMS-',
    },
    {
      name: 'between intent and write: the state before',
      timeline: write(10, '', 'EMS'),
      ledger: 'EMS',
      direct: 'EMS',
      at: 10,
      held: '!EMS',
    },
    {
      name: 'nothing written since: as it is now',
      timeline: write(10, '', 'EMS-'),
      ledger: 'EMS',
      direct: 'EMS-',
      at: 15,
      held: '=EMS-',
    },
    {
      name: 'before a swap',
      timeline: [...write(10, '', 'E3'), ...write(20, 'E3', 'E5', 'E3')],
      ledger: 'E5',
      direct: 'E5',
      at: 15,
      held: 'E3 !E5',
    },
    {
      name: 'before several writes: the first counts',
      timeline: [...write(10, 'E3', 'E5', 'E3'), ...write(20, 'E5', 'E3', 'E5')],
      ledger: 'E3',
      direct: 'E3',
      at: 5,
      held: 'E3 !E5',
    },
    {
      name: 'an adopted license, as it was by hand',
      timeline: write(10, 'EMS', 'EMS-'),
      ledger: 'EMS',
      direct: 'EMS-',
      at: 5,
      held: 'EMS',
    },
    {
      name: 'a plan that a person switched off before our write',
      timeline: [...write(10, '', 'EMS'), ...write(20, 'EMS-', '', 'EMS')],
      at: 15,
      held: 'EMS-',
    },
    {
      name: 'an adopted license that was never written',
      timeline: [],
      ledger: 'EMS',
      direct: 'EMS',
      at: 5,
      held: '=EMS',
    },
    {
      name: 'not what a person assigned and we never wrote',
      timeline: write(10, 'E3', 'EMS'),
      ledger: 'EMS',
      direct: 'E3 EMS',
      at: 5,
      held: '!EMS',
    },
    {
      name: 'not what a person has taken away since',
      timeline: write(10, '', 'EMS'),
      ledger: 'EMS',
      direct: '',
      at: 15,
      held: '',
    },
    {
      name: 'an older timeline: by the last write before',
      timeline: [...write(10, null, 'EMS-'), ...write(20, null, '', 'EMS')],
      at: 15,
      held: 'EMS-',
    },
    {
      name: 'an older timeline: new since',
      timeline: write(10, null, 'EMS'),
      ledger: 'EMS',
      direct: 'EMS',
      at: 5,
      held: '!EMS',
    },
    {
      name: 'an older timeline: a removal of unknown plans is left out',
      timeline: write(10, null, '', 'EMS'),
      at: 5,
      held: '',
    },
  ])('$name', ({ timeline, ledger = '', direct = '', at, held }) => {
    const found = findLicensesAt(timeline, at, {
      ledger: list(ledger).map(owned),
      direct: list(direct).map(license),
    });

    const nameOf = (skuId: string) => Object.entries(ids).find(([, id]) => id === skuId)?.[0] ?? '?';
    const said = found.map(({ skuId, disabledPlans, isChangedSince }) =>
      [
        disabledPlans === null ? '!' : isChangedSince ? '' : '=',
        nameOf(skuId),
        disabledPlans?.length ? '-' : '',
      ].join(''),
    );
    expect(said.sort()).toEqual(list(held).sort());
  });

  it('does not stumble over entries of another shape', () => {
    const odd = [entry('written', 1, 10, { add: 'EMS' }), entry('written', 2, 11, {})];

    expect(findLicensesAt(odd, 5, { ledger: [], direct: [] })).toEqual([]);
  });
});
