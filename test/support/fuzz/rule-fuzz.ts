import { seededRandom } from '../../../shared/kernel/random';
import { readMembershipRule } from '../../../shared/policy/rule/membership-rule';
import { parseRule } from '../../../shared/policy/rule/syntax/parse-rule';
import { RuleError } from '../../../shared/policy/rule/syntax/rule-error';

const seeds = [
  'user.department -eq "Sales"',
  '(user.accountEnabled -eq True) and (user.userType -ne "Guest") ',
  'user.assignedPlans -any (assignedPlan.servicePlanId -eq "a" -and assignedPlan.capabilityStatus -eq "Enabled")',
  "user.memberof -any (group.objectId -in ['8a256a2b-b617-496d-b51b-e76466e88db0', 'b'])",
  'Direct Reports for "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"',
  'user.employeeHireDate -ge (system.now -plus P1DT6H) –or user.employeeHireDate -le 2020-06-10T18:13:20Z',
  'user.displayName -match "^(?>[a-z]+|\\d{2,3})(?i)\\bx$" -or -not (user.city -notIn ["a", \'b\'])',
  'user.extension_c272a57b722d4eb29bfe327874ae79cb_OfficeNumber -eq "say \\"hi\\""',
];
const alphabet =
  '()[]"\'`\\,.-–—“”‘ \t\n\r\u00a0\u200b\ufeff_$user.cityeqandornotanyall0123456789äß\ud83d\ude00\ud800{}*+?|^=<>!&#/:;@';

/**
 * Reads texts of all kinds, half of them mutations of valid rules, and collects whatever breaks the parser's promises:
 * it throws RuleError only, and takes at most 20 steps a character.
 */
export function fuzzRules(runs: number, seed: number): { wrong: string[]; valid: number } {
  const random = seededRandom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const anything = () =>
    Array.from({ length: pick(60) }, () =>
      pick(4) === 0 ? String.fromCharCode(pick(0x10000)) : alphabet.charAt(pick(alphabet.length)),
    ).join('');
  const mutate = () => {
    let text = seeds[pick(seeds.length)] ?? '';
    for (let edits = 1 + pick(4); edits > 0; edits--) {
      const at = pick(text.length + 1);
      const cut = pick(3);
      const piece =
        pick(3) === 0
          ? text.slice(pick(text.length), pick(text.length))
          : alphabet.charAt(pick(alphabet.length));
      text = text.slice(0, at) + (pick(3) === 0 ? '' : piece) + text.slice(at + cut);
    }
    return text;
  };
  const wrong: string[] = [];
  let valid = 0;
  for (let run = 0; run < runs; run++) {
    const text = run % 2 === 0 ? anything() : mutate();
    const steps = { count: 0 };
    try {
      parseRule(text, steps);
      if (readMembershipRule(text).valid) valid++;
    } catch (thrown) {
      if (!(thrown instanceof RuleError)) wrong.push(`${JSON.stringify(text)}: ${String(thrown)}`);
    }
    if (steps.count > 20 * Math.max(1, text.length))
      wrong.push(`${JSON.stringify(text)}: ${String(steps.count)} steps`);
  }

  return { wrong, valid };
}
