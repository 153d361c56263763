import { describe, expect, it } from '@jest/globals';
import { errorOf } from '../../../support/fuzz/rule-user';

/** A rule as a PowerShell script holds it: in a string in double quotes, where each quote is doubled. */
describe('a text in doubled quotes, as PowerShell writes it', () => {
  it.each([
    'user.companyName -eq ""Contoso""',
    'user.companyName -ne ""Contoso Ltd""',
    'user.userPrincipalName -endsWith ""contoso.com""',
    'user.department -eq "Sales" -and user.city -eq ""Oslo""',
    '(user.companyName -eq ""Contoso"")',
    '-not (user.companyName -eq ""Contoso"")',
    'user.department -in [""Sales"", ""Legal""]',
    'user.department -in ["Sales", ""Legal""]',
    'user.employeeId -eq ""4711""',
    'user.employeeId -in [""4711"", ""4712""]',
    'user.objectId -eq ""8a256a2b-b617-496d-b51b-e76466e88db0""',
    'user.otherMails -any (_ -contains ""contoso"")',
    'user.memberOf -any (group.displayName -eq ""SG-Sales"")',
    'Direct Reports for ""62e19b97-8b3d-4d4a-a106-4ce66896a863""',
  ])('%s: says to write one quote on each side', (rule) => {
    expect(errorOf(rule)?.hint).toContain('PowerShell doubles them');
  });

  it.each([
    'user.companyName -eq "" user.city -eq "Oslo"',
    'user.department -in ["Sales" "Legal"]',
    'user.companyName -eq ""',
    'user.department -in ["Sales", ""]',
    '(user.companyName -eq ""',
  ])('%s: is something else', (rule) => {
    expect(errorOf(rule)?.hint ?? '').not.toContain('PowerShell');
  });
});
