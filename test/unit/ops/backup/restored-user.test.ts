import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { toSkuId } from '../../../../shared/kernel/ids';
import { tablesKept, tablesLeft } from '../../../../shared/ops/backup/backup-format';
import { setAsideTable } from '../../../../shared/store/tables/rows/table-stored-rows';
import type { BackupRow } from '../../../../shared/ops/backup/backup-format';
import { restoreUser } from '../../../../shared/ops/backup/restored-user';
import { rowOfOtherTable } from '../../../../shared/ops/backup/restored-row';
import { toJsonProperties } from '../../../../shared/store/tables/rows/json-property';
import { ledgerEntry, userId, userState } from '../../../support/user-states';

const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const e3 = toSkuId('05e9a617-0261-4cee-bb44-138d3ef5d965');
const takenAt = 1_000_000;
const user = userId(1);
const row = (rk: string, value: unknown): BackupRow => ({
  pk: user,
  rk,
  p: { ...toJsonProperties(value, rk) },
});
const valueOf = (rows: readonly BackupRow[], rk: string) => {
  const found = rows.find((one) => one.rk === rk);
  return found === undefined ? undefined : (JSON.parse(String(found.p['json'])) as Record<string, unknown>);
};
const license = { skuId: ems, disabledPlans: [] };

describe('a license that the backup calls ours', () => {
  const rows = [row(`ledger|${ems}`, { ...ledgerEntry(ems), notEntitledSince: 5 })];

  it('is ours still when Graph says that it has not changed since, and its grace begins anew', () => {
    const restored = restoreUser(rows, new Map([[ems, takenAt - 1]]), takenAt);

    expect(restored).toMatchObject({ kept: 1, notClaimed: [] });
    expect(valueOf(restored.rows, `ledger|${ems}`)).toMatchObject({ skuId: ems, notEntitledSince: null });
  });

  it.each([
    ['was changed since', new Map([[ems, takenAt]]), 'changed'],
    ['changed at a time that Graph does not say', new Map([[ems, null]]), 'changed'],
    ['is not held directly any more', new Map([[e3, 1]]), 'gone'],
    ['is of a user whom Graph does not know', undefined, 'gone'],
  ])('is not claimed when it %s', (_what, times, why) => {
    const restored = restoreUser(rows, times, takenAt);

    expect(restored).toEqual({
      rows: [],
      kept: 0,
      notClaimed: [{ userId: user, skuId: ems, why }],
      unreadable: false,
    });
  });

  it('forgets which rules had lapsed: they are asked anew', () => {
    const lapsed = row(`ledger|${ems}`, {
      ...ledgerEntry(ems),
      lapsedRules: [{ rule: 'staff', since: 5 }],
    });

    const restored = restoreUser([lapsed], new Map([[ems, 1]]), takenAt);

    expect(valueOf(restored.rows, `ledger|${ems}`)).not.toHaveProperty('lapsedRules');
  });
});

describe('the row of a user', () => {
  const state = userState({
    version: 4,
    outcome: 'licensed',
    digest: 'd',
    missingSince: 7,
    sentVersion: 4,
    decidedBy: 'hint-1',
    lastWrite: { at: 1, before: [], after: [license], usageLocation: null },
    intent: {
      at: 1,
      before: [],
      add: [license],
      remove: [],
      usageLocation: null,
      ledger: [],
      policyHash: ledgerEntry(ems).policyHash,
    },
  });

  it('claims nothing that was under way, and its next version is behind the timeline', () => {
    const timeline = row('timeline|0000000009|written', { any: 'thing' });
    const pin = row('pin', { skus: [] });

    const { rows } = restoreUser([pin, row('state', state), timeline], new Map(), takenAt);

    expect(rows).toContainEqual(timeline);
    expect(rows).toContainEqual(pin);
    const restored = valueOf(rows, 'state');
    expect(restored).toMatchObject({
      version: 9,
      outcome: 'licensed',
      digest: null,
      missingSince: null,
      intent: null,
      lastWrite: null,
    });
    expect(restored).not.toHaveProperty('sentVersion');
    expect(restored).not.toHaveProperty('decidedBy');
    // The column that lists are made by.
    expect(rows.find(({ rk }) => rk === 'state')?.p['outcome']).toBe('licensed');
  });

  it('comes back as it is when it cannot be read, so that it is a failure as before', () => {
    const damaged: BackupRow = { pk: user, rk: 'state', p: { json: '{' } };

    expect(restoreUser([damaged], new Map(), takenAt)).toMatchObject({ rows: [damaged], unreadable: true });
  });
});

describe('other rows', () => {
  const rollout = {
    id: 'activation-1',
    kind: 'activation',
    policyHash: ledgerEntry(ems).policyHash,
    planStateHash: null,
    by: 'ann',
    why: 'a test',
    createdAt: 0,
    approvedBy: null,
    startedAt: 0,
    endedAt: null,
    approvalReasons: [],
    members: 1,
  };

  it.each([
    ['running', 'paused'],
    ['awaiting', 'awaiting'],
    ['cancelled', 'cancelled'],
  ])('a rollout that was %s is %s', (before, after) => {
    const [restored] = rowOfOtherTable('rollouts', row('activation-1', { ...rollout, state: before }));

    expect(JSON.parse(String(restored?.p['json']))).toMatchObject({ state: after, endedAt: null });
  });

  it('a rollout that cannot be read is as it was, and holds up no other row', () => {
    const damaged = row('activation-1', { state: 'running' });

    expect(rowOfOtherTable('rollouts', damaged)).toEqual([damaged]);
  });

  it('of the pauses those that the restore itself has set stay', () => {
    expect(rowOfOtherTable('control', row('apply', {}))).toEqual([]);
    expect(rowOfOtherTable('control', row('lane:3', {}))).toHaveLength(1);
  });
});

it('every table that the product has is either in a backup or left out on purpose', () => {
  const source = readFileSync(join(__dirname, '../../../../shared/store/tables/table-stores.ts'), 'utf8');
  const tables = new Set([...source.matchAll(/access\('(\w+)'\)/g)].map(([, name = '']) => name));

  // The quota is built beside the stores, and rows that were put aside are written by the table of all rows.
  expect([...tablesKept, ...tablesLeft].sort()).toEqual([...tables, 'quota', setAsideTable].sort());
});
