import { day } from '../../../kernel/timing/duration';
import { isoTime } from '../../../kernel/clock';
import { costOf, lineOf, namesOf, paidOf } from './finding-user';
import type { FindingInput, MakeFinding, SeenUser } from './finding-user';
import type { ReportFinding } from '../tenant-report';

type Kind = Pick<ReportFinding, 'code' | 'title' | 'text'>;

/** Users who are `meant` and hold what costs money. */
function findPaid(
  input: FindingInput,
  kind: Kind,
  isMeant: (one: SeenUser) => boolean,
  note: (one: SeenUser) => string = () => '',
): ReportFinding {
  const found = input.seen
    .filter(isMeant)
    .map((one) => ({ one, paid: paidOf(one, input) }))
    .filter(({ paid }) => paid.length > 0);
  return {
    ...kind,
    count: found.length,
    cost: costOf(
      found.flatMap(({ paid }) => paid),
      input,
    ),
    lines: found.map(({ one, paid }) => lineOf(one.user, `${namesOf(paid, input)}${note(one)}`)),
  };
}

/** People who left keep their seats until someone takes the licenses back. */
export const findDisabled: MakeFinding = (input) =>
  findPaid(
    input,
    {
      code: 'disabledWithPaid',
      title: 'Disabled accounts with paid licenses',
      text: 'No person can sign in there, and the seats cost the same. Take the licenses back; a mailbox that must stay can become a shared one, which needs no license up to 50 GB.',
    },
    ({ user }) => !user.isEnabled,
  );

/** Guests use most services by the license of their own tenant. */
export const findGuests: MakeFinding = (input) =>
  findPaid(
    input,
    {
      code: 'guestsWithPaid',
      title: 'Guests with paid licenses',
      text: 'Guests use most services by the licenses of their own tenant. Look whether these still need one of yours.',
    },
    ({ user }) => user.isGuest,
  );

/** Younger accounts may belong to people who have not begun. */
const newFor = 30 * day;

/** https://learn.microsoft.com/graph/api/resources/signinactivity */
export const findNeverSignedIn: MakeFinding = (input) => {
  const kind = {
    code: 'neverSignedIn',
    title: 'Never signed in, with paid licenses',
    text: 'Enabled accounts older than 30 days without any sign-in. Ask whether they are needed.',
  } as const;
  if (input.seen.some(({ user }) => user.signedInAt === undefined)) {
    const text =
      'Not known: reading sign-ins takes AuditLog.Read.All and a tenant with Microsoft Entra ID P1 or P2.';
    return { ...kind, text, count: null, cost: null, lines: [] };
  }
  return findPaid(
    input,
    kind,
    ({ user }) =>
      user.isEnabled &&
      user.signedInAt === null &&
      user.createdAt !== null &&
      input.at - user.createdAt > newFor,
    ({ user }) => (user.createdAt === null ? '' : `, created ${isoTime(user.createdAt).slice(0, 10)}`),
  );
};
