import { UserError } from '../../kernel/errors';
import { compilePolicy } from '../../pipeline/sources/policy-file';
import { tiedToTenant } from '../../pipeline/sources/policy-library';
import type { Services } from '../../pipeline/services';
import { recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import { findLostPointer, findPolicyHash } from '../policies/list-policies';

/**
 * Stores the text of a policy again whose row is gone or cannot be read. The plans that its SKUs had at its activation
 * are lost: those of today stand for them.
 * @throws UserError `policy/invalid`, `ops/policy-not-missing`
 */
export async function restorePolicy(
  services: Pick<Services, 'audit' | 'catalogue' | 'clock' | 'directory' | 'policies'>,
  { text, file }: { readonly text: string; readonly file: string },
  operator: Operator,
): Promise<{ readonly hash: string }> {
  const policy = compilePolicy(text, file);
  if ((await services.policies.read(policy.hash)) !== undefined) {
    throw new UserError(
      'ops/policy-not-missing',
      `The policy ${policy.hash.slice(0, 12)} is stored and can be read`,
      {
        hint: 'Nothing is to be repaired. To put it into force: `licenser policy activate`.',
      },
    );
  }
  const { catalogue } = await services.catalogue.read();
  await services.policies.add({
    hash: policy.hash,
    text,
    storedAt: services.clock.now(),
    by: operator.by,
    ...(await tiedToTenant(policy, catalogue, services.directory)),
  });
  await recordAction(services, operator, 'policy/restore', policy.hash, { file });
  return { hash: policy.hash };
}

/**
 * Says again which policy is active, after the row that said so was lost. No user is moved by it: each is decided by
 * this policy with the next look.
 * @throws UserError `ops/pointer-readable`, `policy/unknown`, `policy/ambiguous`
 */
export async function restoreActive(
  services: Pick<Services, 'audit' | 'clock' | 'policies' | 'policy' | 'rows'>,
  hash: string,
  operator: Operator,
): Promise<{ readonly hash: string }> {
  const active = await findPolicyHash(services, hash);
  const before = await findLostPointer(services.policies);
  if (before === undefined) {
    throw new UserError('ops/pointer-readable', 'The row that says which policy is active can be read', {
      hint: 'To put another policy into force: `licenser policy activate FILE`.',
    });
  }
  const place = { table: 'policies', partitionKey: 'pointer', rowKey: 'pointer' };
  await services.rows.setAside(place, services.clock.now(), false);
  await services.policies.movePointer(before, {
    active,
    candidate: null,
    isCandidateApproved: false,
    left: [],
  });
  services.policy.refresh();
  await recordAction(services, operator, 'policy/pointer-restore', active);
  return { hash: active };
}
