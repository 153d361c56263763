import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { subjectOf } from '../../../../../shared/pipeline/intake/audit/audit-operations';
import { readAuditRecords } from '../../../../../shared/pipeline/intake/audit/read-audit-records';
import { auditRecord, groupTarget, inGroup, userTarget } from '../../../../support/graph/audit-records';

const tenantId = 'aaaaaaaa-0000-4000-8000-000000000001';
const user = 'bbbbbbbb-0000-4000-8000-000000000002';
const group = 'cccccccc-0000-4000-8000-000000000003';
const stranger = 'dddddddd-0000-4000-8000-000000000004';

const read = (...records: readonly unknown[]) => readAuditRecords([{ records }], tenantId);
const record = (name: string, targets: readonly unknown[] = [userTarget(user)], extra = {}) =>
  auditRecord(name, tenantId, targets, extra);
const idsOf = (...records: readonly unknown[]) =>
  read(...records).changes.map(({ users, groups }) => ({ users, groups }));
const oddOf = (...records: readonly unknown[]) => Object.fromEntries(read(...records).odd);

describe('records of the audit log', () => {
  it.each([
    'Add user',
    'Update user',
    'Delete user',
    'Hard Delete user',
    'Restore user',
    'Disable account',
    'Change user license',
    'Set user manager',
    'Invite external user',
    // Older ones.
    'Update user.',
    'Bulk create users - finished (bulk)',
    'Bulk restore deleted users - finished (bulk)',
  ])('name the user of "%s"', (name) => {
    expect(idsOf(record(name))).toEqual([{ users: [user], groups: [] }]);
  });

  it.each([
    ['Add member to group', [userTarget(user, [inGroup(group)])]],
    ['Remove member from group', [userTarget(user, [inGroup(group, 'oldValue')])]],
    ['Add member to group', [userTarget(user), groupTarget(group)]],
    ['Bulk import group members - finished (bulk)', [groupTarget(group), userTarget(user)]],
  ])('name the member and the group of "%s"', (name, targets) => {
    expect(idsOf(record(name, targets))).toEqual([{ users: [user], groups: [group] }]);
  });

  it.each(['Update group', 'Delete group', 'Restore Group'])(
    'name the group of "%s", and no user that it mentions',
    (name) => {
      expect(idsOf(record(name, [groupTarget(group), userTarget(user)]))).toEqual([
        { users: [], groups: [group] },
      ]);
    },
  );

  it('name ids in lower case, each once, with the id of the record and when the latest happened', () => {
    const late = { properties: { id: 'Directory_1', activityDateTime: '2026-01-01T00:05:00Z' } };
    const { changes, latestAt } = read(
      record('Update user', [userTarget(user.toUpperCase()), userTarget(user)], late),
      record('Update user', [userTarget(stranger)]),
    );

    expect(changes[0]).toEqual({ id: 'Directory_1', users: [user], groups: [] });
    expect(latestAt).toBe(Date.UTC(2026, 0, 1, 0, 5));
  });

  it.each([
    ['as an object', (body: object) => body],
    ['as a text', (body: object) => JSON.stringify(body)],
    ['as bytes', (body: object) => Buffer.from(JSON.stringify(body))],
  ])('are read from an event %s', (_how, make) => {
    const { changes } = readAuditRecords([make({ records: [record('Add user')] })], tenantId);

    expect(changes).toHaveLength(1);
  });

  it('are of the tenant of their resource where they name none, in whatever case', () => {
    expect(idsOf(record('Add user', undefined, { tenantId: undefined }))).toHaveLength(1);
    expect(idsOf(record('Add user', undefined, { tenantId: tenantId.toUpperCase() }))).toHaveLength(1);
  });

  it.each([
    ['a number', { properties: { result: 0 } }],
    ['a word', { properties: { result: 'success' } }],
    ['beside the properties', { resultType: 'Success', properties: { result: undefined } }],
  ])('count when their result is %s', (_what, extra) => {
    expect(idsOf(record('Add user', undefined, extra))).toHaveLength(1);
  });
});

describe('records that no look comes from', () => {
  it.each([
    ['failed', record('Add user', undefined, { properties: { result: 1 } })],
    ['failed', record('Add user', undefined, { properties: { result: 'failure' } })],
    ['failed', record('Add user', undefined, { properties: { result: undefined } })],
    ['foreign', record('Add user', undefined, { tenantId: stranger })],
    ['foreign', record('Add user', undefined, { tenantId: undefined, resourceId: undefined })],
    ['other', record('Reset password (self-service)')],
    ['other', record('Update service principal')],
    ['other', record('constructor')],
    ['other', record('started (bulk)')],
    ['other', record('Sign-in activity', undefined, { category: 'SignInLogs' })],
    ['withoutTarget', record('Add user', [])],
    ['withoutTarget', record('Add user', [userTarget('nora@contoso.example')])],
    ['withoutTarget', record('Add user', [{ type: 'User' }, 7, null])],
    ['other', record('Bulk create users - finished (bulk)', [])],
    ['other', { category: 'SignInLogs' }],
    ['other', { category: 'NonInteractiveUserSignInLogs', operationName: 7, properties: 'x' }],
    ['other', record('Sign-in activity', undefined, { category: 'SignInLogs', tenantId: stranger })],
    ['unreadable', record(`Bulk create ${'x'.repeat(200)} users - finished (bulk)`)],
    ['unreadable', record('Add user', undefined, { properties: { id: 'x'.repeat(201) } })],
    ['unreadable', record('Add user', undefined, { tenantId: `/${'x'.repeat(200)}` })],
    ['unreadable', { ...record('Add user'), properties: 'x' }],
    ['unreadable', record('Add user', undefined, { operationName: 7 })],
    ['unreadable', 'Add user'],
    ['unreadable', null],
  ])('are counted as %s, and the others go on', (what, odd) => {
    expect(idsOf(odd, record('Add user'))).toEqual([{ users: [user], groups: [] }]);
    expect(oddOf(odd, record('Add user'))).toEqual({ [what]: 1 });
  });

  it.each([
    ['no JSON', '{"records": ['],
    ['no object', 7],
    ['no records', { value: [] }],
    ['records that are no list', { records: { '0': record('Add user') } }],
    [
      'more records than an event holds',
      { records: Array.from({ length: 10_001 }, () => record('Add user')) },
    ],
  ])('an event with %s is one of them, and the next event is read', (_what, event) => {
    const { changes, odd } = readAuditRecords([event, { records: [record('Add user')] }], tenantId);

    expect(changes).toHaveLength(1);
    expect(Object.fromEntries(odd)).toEqual({ unreadable: 1 });
  });

  it('a group that cannot be read leaves the member', () => {
    const odd = [{ displayName: 'Group.ObjectID', newValue: '"x"' }, { displayName: 7 }, null];

    expect(idsOf(record('Add member to group', [userTarget(user, odd)]))).toEqual([
      { users: [user], groups: [] },
    ]);
  });
});

describe('whatever comes', () => {
  it('is judged in as many steps as it has characters, also a name of 1 MB', () => {
    const name = `bulk ${'users group member '.repeat(52_000)}`;
    const some = Array.from({ length: 50 }, (_, index) => record(`${name}${String(index)}`));

    expect(oddOf(...some)).toEqual({ unreadable: 50 });
    expect([subjectOf(name), subjectOf(`${name} - finished (bulk)`)]).toEqual([undefined, 'user']);
  });

  it('is read without an error, and says ids of this tenant alone', () => {
    const anything = fc.anything({ withNullPrototype: true, withDate: true, withBigInt: true });
    const bent = fc
      .tuple(fc.constantFrom(...Object.keys(record('Add user'))), anything)
      .map(([name, value]) => ({ ...record('Add user'), [name]: value }));
    const bentWithin = fc
      .tuple(fc.constantFrom(...Object.keys(record('Add user').properties)), anything)
      .map(([name, value]) => record('Add member to group', undefined, { properties: { [name]: value } }));
    const events = fc.array(
      fc.oneof(anything, fc.string(), fc.record({ records: fc.array(fc.oneof(anything, bent, bentWithin)) })),
    );

    fc.assert(
      fc.property(events, (given) => {
        const { changes, latestAt } = readAuditRecords(given, tenantId);

        for (const { users, groups } of changes)
          for (const id of [...users, ...groups]) expect(id).toMatch(/^[0-9a-f-]{36}$/);
        expect(latestAt === null || Number.isFinite(latestAt)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
