import { expect, it } from '@jest/globals';
import { asksOfAnyGroup } from '../../../../shared/policy/rule/group-names';
import { readMembershipRule } from '../../../../shared/policy/rule/membership-rule';

const id = '8a256a2b-b617-496d-b51b-e76466e88db0';

it.each([
  ['user.memberOf -any (group.displayName -eq "X")', false],
  [`user.memberOf -any (group.objectId -in ["${id}"])`, false],
  ['user.memberOf -any (group.displayName -eq "X" -or group.displayName -eq "Y")', false],
  ['-not (user.memberOf -any (group.displayName -eq "X"))', false],
  ['-not (user.department -eq "Sales")', false],
  ['user.memberOf -any (-not (group.displayName -eq "X"))', true],
  ['user.memberOf -any (-not (group.displayName -eq "X" -or group.displayName -eq "Y"))', true],
  ['user.memberOf -any (group.displayName -ne "X")', true],
  ['user.memberOf -any (group.displayName -startsWith "X")', true],
])('%s: any group may decide: %s', (text, expected) => {
  const reading = readMembershipRule(text);

  expect(reading.valid && asksOfAnyGroup(reading.rule.expression)).toBe(expected);
  expect(reading.valid).toBe(true);
});
