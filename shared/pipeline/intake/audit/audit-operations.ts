/** What a record of the audit log is about: users themselves, who is in a group, or a group itself. */
export type AuditSubject = 'user' | 'membership' | 'group';

/**
 * What can change what a user is to hold, by its name in the audit log, in lower case.
 * https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities
 */
const subjects: Readonly<Record<string, AuditSubject>> = {
  'add user': 'user',
  'update user': 'user',
  'delete user': 'user',
  'hard delete user': 'user',
  'restore user': 'user',
  'disable account': 'user',
  'enable account': 'user',
  'change user license': 'user',
  'set user manager': 'user',
  'remove user manager': 'user',
  'invite external user': 'user',
  'redeem external user invite': 'user',
  'add member to group': 'membership',
  'remove member from group': 'membership',
  'add group': 'group',
  'update group': 'group',
  'delete group': 'group',
  'hard delete group': 'group',
  'restore group': 'group',
};

/** What a record with this name is about; undefined: nothing that matters here. Older records end with a full stop. */
export function subjectOf(operationName: string): AuditSubject | undefined {
  const name = operationName.trim().replace(/\.$/, '').toLowerCase();
  if (Object.hasOwn(subjects, name)) return subjects[name];
  if (!isOfFile(name)) return undefined;
  if (/\bgroup members\b/.test(name)) return 'membership';
  return /\busers?\b/.test(name) ? 'user' : undefined;
}

/**
 * The record of a whole file, such as `Bulk import group members - finished (bulk)`. Each object of the file has a record of its
 * own as well, so that one without targets says nothing that is missed.
 */
export function isOfFile(operationName: string): boolean {
  const name = operationName.trim().toLowerCase();
  return name.startsWith('bulk ') && name.endsWith(' - finished (bulk)');
}
