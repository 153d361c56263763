import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkPolicy } from '../../../shared/policy/check-policy';
import type { RuleUser } from '../../../shared/policy/condition';
import { entitleByReference } from '../../../shared/policy/policy-tests/entitle-by-reference';
import { GrantInFile, PolicyFile, RuleInFile } from '../../../shared/policy/file/policy-schema';
import { readMembershipRule } from '../../../shared/policy/rule/membership-rule';
import { runPolicyTests } from '../../../shared/policy/policy-tests/run-policy-tests';
import { keyTable } from '../../support/pages/policy-key-table';
import { now } from '../../support/fuzz/rule-user';

// The examples of docs/policy.md are run: what the reference shows is what the product does.
const reference = readFileSync(join(__dirname, '../../../docs/policy.md'), 'utf8');
const blocks = [...reference.matchAll(/^```(\S+)?(?: ([^\n]+))?\n([^]*?)^```$/gm)].map((match) => ({
  language: match[1] ?? '',
  note: match[2] ?? '',
  text: match[3] ?? '',
}));

type Expected = { matches?: RuleUser[]; others?: RuleUser[]; warning?: string; error?: string };

const policies = blocks.filter((block) => block.language === 'yaml');
const rules = blocks.flatMap((block, index) =>
  block.language === 'membership-rule'
    ? [{ rule: block.text.trim(), expected: JSON.parse(blocks[index + 1]?.text ?? '') as Expected }]
    : [],
);

describe('docs/policy.md', () => {
  it.each([
    ['## Keys', PolicyFile],
    ['### A rule', RuleInFile],
    ['### A grant', GrantInFile],
  ])('has under "%s" the table that the schema gives', (heading, schema) => {
    const section = reference.slice(reference.indexOf(`${heading}\n`));
    const table = /^\|[^]*?\|$(?=\n\n)/m.exec(section)?.[0];

    // After a change of a key, put the table that is received here into the page.
    expect(table).toBe(keyTable(schema));
  });

  it('has examples of both kinds', () => {
    expect(policies.length).toBeGreaterThan(8);
    expect(rules.length).toBeGreaterThan(12);
  });

  it.each(policies.filter((block) => block.note === ''))('$text', ({ text }) => {
    const { policy, problems } = checkPolicy(text);

    expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    const results = policy === null ? [] : runPolicyTests(policy, entitleByReference, now);
    expect(results.length).toBeGreaterThan(0);
    expect(results.flatMap((result) => result.differences)).toEqual([]);
  });

  it.each(policies.filter((block) => block.note !== ''))('$note', ({ note, text }) => {
    expect(checkPolicy(text).problems.map((problem) => `${problem.severity} ${problem.code}`)).toContain(
      note,
    );
  });

  it.each(rules)('$rule', ({ rule, expected }) => {
    const reading = readMembershipRule(rule);

    if (!reading.valid) {
      expect(`${reading.error.message} ${reading.error.hint ?? ''}`).toContain(expected.error ?? 'no error');
      return;
    }
    expect(expected.error).toBeUndefined();
    const context = { now, absent: 'null' } as const;
    expect(expected.matches?.map((user) => reading.rule.evaluate(user, context))).toEqual(
      expected.matches?.map(() => true),
    );
    expect(expected.others?.map((user) => reading.rule.evaluate(user, context))).toEqual(
      expected.others?.map(() => false),
    );
    const warnings = reading.rule.warnings.map((warning) => warning.message).join('\n');
    if (expected.warning === undefined) expect(warnings).toBe('');
    else expect(warnings).toContain(expected.warning);
  });
});
