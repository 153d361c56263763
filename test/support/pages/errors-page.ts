import { errorCodes } from '../../../shared/kernel/error-codes';
import { policyFindings, ruleWarnings } from '../../../shared/kernel/error-codes/findings';
import { reasonCodes } from '../../../shared/words/reason';

/** docs/errors.md as the two lists make it. */
export function renderErrorsPage(): string {
  return [
    head,
    '## Errors',
    '',
    'An error carries its code in logs, in `--json` output and in traces. A command that ends with one exits with 1, or',
    'with 2 where the input or a setting is wrong.',
    '',
    table(errorCodes),
    '',
    '## Reasons',
    '',
    'A reason says why a user has an outcome. It may also carry the code of an error above, or `paused/SCOPE` or',
    '`refused/SCOPE` while a scope is paused.',
    '',
    table(reasonCodes),
    '',
    '## What the check of a policy finds',
    '',
    '`licenser policy check` names each with its place; a rule that cannot be read has the code of an error above.',
    '',
    table({ ...policyFindings, ...ruleWarnings }),
    '',
  ].join('\n');
}

const head = `# Codes of errors and reasons

From \`shared/kernel/error-codes.ts\`, the folder beside it, and \`shared/words/reason.ts\`. This page is written by
\`UPDATE_PAGES=1 npm run test:unit -- test/unit/kernel/error-codes.test.ts\`; that test fails while page and lists differ.
`;

function table(codes: Readonly<Record<string, string>>): string {
  const rows = Object.entries(codes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|')} |`);
  return ['| code | meaning |', '| --- | --- |', ...rows].join('\n');
}
