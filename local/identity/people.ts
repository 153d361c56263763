/** Who can sign in to the embedded cloud. There is no password: every user of this machine may sign in as each of them. */
export type LocalPerson = {
  /** As `--as` and the sign-in page name them. */
  readonly name: string;
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  /** Application roles, as an administrator would assign them. */
  readonly roles: readonly string[];
};

const person = (name: string, number: number, displayName: string, role: string): LocalPerson => ({
  name,
  id: `0be7a700-0000-4000-8000-00000000000${String(number)}`,
  displayName,
  userPrincipalName: `${name}@licenser.local`,
  roles: [role],
});

/** Two of each who act and approve, because some things take two people. */
export const localPeople: readonly LocalPerson[] = [
  person('viewer', 1, 'Local viewer', 'Viewer'),
  person('operator', 2, 'Local operator', 'Operator'),
  person('operator2', 3, 'Second local operator', 'Operator'),
  person('approver', 4, 'Local approver', 'Approver'),
  person('approver2', 5, 'Second local approver', 'Approver'),
];

/** undefined: there is none of this name, id or userPrincipalName. */
export function findLocalPerson(name: string): LocalPerson | undefined {
  const wanted = name.toLowerCase();
  return localPeople.find((one) => [one.name, one.id, one.userPrincipalName].includes(wanted));
}
