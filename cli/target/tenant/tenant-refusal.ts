import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { UserError, ensureError } from '../../../shared/kernel/errors';

const signIn =
  'Sign in with `az login --tenant TENANT`, or give --sign-in browser or --sign-in device, or set LICENSER_GRAPH_TOKEN.';

/** What still works for a token without a permission. docs/own-tenant.md has the same table. */
const without: Readonly<Record<string, string>> = {
  'LicenseAssignment.Read.All':
    '`rule match` and `rule explain`; everything else looks at SKUs. Directory.Read.All or Organization.Read.All do as well.',
  'User.Read.All': '`sku list`, `sku plans`, and `policy check`. Directory.Read.All does as well.',
  'GroupMember.Read.All':
    '`sku list`, `sku plans`, `report` without the names of groups, and plan, explain and `rule match` by rules that name no group. Directory.Read.All does not open the members of groups; Group.Read.All does.',
  'GroupMember.ReadBasic.All':
    'everything but rules that say user.memberOf. Directory.Read.All does as well.',
  'AuditLog.Read.All': 'everything but who never signed in.',
};

/**
 * What Graph refused, for the person at the command line: which permission the token lacks, and what works without it. Any
 * other error stays as it is.
 */
export function explainRefusal(thrown: unknown): Error {
  const error = ensureError(thrown);
  if (!(error instanceof GraphError)) return error;
  if (error.class === 'permission' && (error.status === 0 || error.status === 401)) {
    const why = error.message.split('\n')[0] ?? '';
    const said = error.status === 401 ? `Microsoft Graph does not take the token: ${why}` : why;
    return new UserError('cli/needs-sign-in', said, { hint: signIn, cause: error });
  }
  if (error.class !== 'permission' && error.class !== 'withheld') return error;
  const { permission } = error;
  if (permission === undefined) return error;
  const works = without[permission];
  return new UserError('cli/rights', `The token lacks ${permission}: ${error.message}`, {
    hint:
      works === undefined
        ? '`licenser doctor --target tenant` shows what it has.'
        : `Without it works: ${works}`,
    cause: error,
  });
}
