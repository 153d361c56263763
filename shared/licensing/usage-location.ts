import type { RuleUser } from '../policy/condition';
import type { UsageLocation } from '../policy/policy';
import { toCountryCode } from '../policy/iso-country';
import type { Reason, ReasonCode } from '../words/reason';

export type UsageLocationAnswer =
  /** It is set already. */
  | { readonly kind: 'present' }
  /** To be set before the call. */
  | { readonly kind: 'set'; readonly usageLocation: string; readonly reason: Reason }
  /** Nothing can be assigned until a person acts. */
  | { readonly kind: 'blocked'; readonly reason: Reason };

/**
 * A direct assignment needs a usage location; a set one is never overwritten
 * (https://learn.microsoft.com/microsoft-365/enterprise/assign-licenses-to-user-accounts-with-microsoft-365-powershell).
 */
export function findUsageLocation(
  current: string | null,
  policy: UsageLocation | null,
  user: RuleUser,
  permissions: 'full' | 'license-only',
): UsageLocationAnswer {
  if (current !== null && current !== '') return { kind: 'present' };
  if (permissions === 'license-only') {
    return blocked(
      'usage-location/license-only',
      'The user has no usage location, and this installation runs with license-only permissions, so it cannot set one. Set usageLocation on the user (in Active Directory: msExchUsageLocation), or grant User.ReadWrite.All and set LICENSER_PERMISSIONS to full.',
    );
  }
  const country = policy?.from === 'country' ? user.country : null;
  if (country === undefined) {
    return blocked(
      'usage-location/undecided',
      "The user has no usage location, and the user's country was not read. It is decided at the next look with complete data.",
    );
  }
  const named = typeof country === 'string' && country.trim() !== '' ? country.trim() : null;
  const code = named === null ? undefined : toCountryCode(named);
  if (code !== undefined) {
    return set(
      code,
      'usage-location/from-country',
      `Usage location ${code} is taken from the user's country.`,
    );
  }
  if (policy?.default) {
    const code = policy.default.toUpperCase();
    return set(
      code,
      'usage-location/default',
      named === null
        ? `Usage location ${code} is the policy's default: the user has no country.`
        : `Usage location ${code} is the policy's default: "${named}" is not a country that is known.`,
    );
  }
  return blocked(
    'usage-location/missing',
    named === null
      ? 'The user has no usage location, and there is no country or default to take it from. Set usageLocation on the user, or give the policy "usageLocation: { from: country, default: NL }" with your own country.'
      : `The user has no usage location, and "${named}" is not a country that is known. Correct the user's country (a name or a code of two letters), set usageLocation on the user, or give the policy a default usage location.`,
  );
}

function blocked(code: ReasonCode, text: string): UsageLocationAnswer {
  return { kind: 'blocked', reason: { code, text } };
}

function set(usageLocation: string, code: ReasonCode, text: string): UsageLocationAnswer {
  return { kind: 'set', usageLocation, reason: { code, text } };
}
