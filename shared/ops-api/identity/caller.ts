/** Application roles of the app registration. Viewer reads; Operator acts; Approver reads and approves. */
export const roles = ['Viewer', 'Operator', 'Approver'] as const;
export type Role = (typeof roles)[number];

/** Who calls the ops API, as the access token says. */
export type Caller = {
  /** Object id of the user or of the application's service principal. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'app';
  readonly roles: readonly Role[];
};

/** Whether the roles of a caller allow what needs this role. Applications never approve: that takes a person. */
export function isAllowed(caller: Caller, needs: Role): boolean {
  switch (needs) {
    case 'Viewer':
      return caller.roles.length > 0;
    case 'Operator':
      return caller.roles.includes('Operator');
    case 'Approver':
      return caller.kind === 'user' && caller.roles.includes('Approver');
  }
}
