import type { UserId } from '../../shared/kernel/ids';
import { makePreview } from '../../shared/ops/preview/make-preview';
import type { Policy } from '../../shared/policy/policy';
import type { PreviewLine } from '../../shared/licensing/preview/preview';
import type { ProductWorld } from '../world/product-world';
import { judgeUser } from './verdict';
import type { Verdict } from './verdict';

/** One user who is not plainly as the policy says. */
export type JudgedUser = {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly verdict: Verdict;
  readonly why: readonly string[];
};

export type TenantVerdict = {
  readonly users: number;
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Waiting, blocked, held, in grace, pinned, failed and lost; by name. */
  readonly concerned: readonly JudgedUser[];
};

const plain: ReadonlySet<Verdict> = new Set(['licensed', 'nothing', 'outOfScope']);

/**
 * How every user of the tenant stands: each is decided anew by the tenant as it is, whatever the product has recorded;
 * what it recorded only accounts for a change that a guard holds back.
 */
export async function judgeTenant(world: ProductWorld, policy: Policy): Promise<TenantVerdict> {
  const { timers } = world.hosts;
  const { preview } = await world.during(makePreview(timers, { selection: { kind: 'all' } }));
  const lines = new Map(preview.lines.map((line) => [line.user.id as string, line]));
  const recorded = new Map<string, string | null>();
  for await (const { userId, state } of world.stores.users.list()) recorded.set(userId, state.outcome);
  const held = await heldUsers(world);
  const counts: Record<Verdict, number> = {
    licensed: 0,
    nothing: 0,
    waiting: 0,
    blocked: 0,
    held: 0,
    grace: 0,
    pinned: 0,
    failed: 0,
    outOfScope: 0,
    lost: 0,
  };
  const concerned: JudgedUser[] = [];
  let users = 0;
  for (const { id, version, deletedAt } of world.graph.engine.tenant.userOrder) {
    if (deletedAt !== null) continue;
    users++;
    const said = recorded.get(id);
    const isObserved = policy.mode === 'observe' && said === 'held';
    const { verdict, why } = judgeUser({
      anew: anewOf(lines.get(id)),
      recorded: said,
      heldBecause:
        held.get(id as UserId) ?? (isObserved ? 'The policy observes: nothing is written' : undefined),
      holdsLicense: version.direct.length > 0 || version.inherited.some(({ error }) => error === null),
    });
    counts[verdict]++;
    if (plain.has(verdict)) continue;
    const { userPrincipalName: name } = version.properties;
    const userPrincipalName = typeof name === 'string' ? name : id;
    concerned.push({ id, userPrincipalName, verdict, why });
  }
  concerned.sort((a, b) => (a.userPrincipalName < b.userPrincipalName ? -1 : 1));
  return { users, counts, concerned };
}

function anewOf(line: PreviewLine | undefined) {
  if (line === undefined) return undefined;
  const why = [...new Set(line.reasons.map(({ text }) => text))];
  return { outcome: line.outcome, changes: line.change !== '', why };
}

/** Members of the rollouts that a person may still approve, with what holds them back. */
async function heldUsers({ stores: { rollouts } }: ProductWorld): Promise<ReadonlyMap<UserId, string>> {
  const held = new Map<UserId, string>();
  for (const { id, state, why } of await rollouts.list()) {
    if (state !== 'collecting' && state !== 'awaiting') continue;
    for await (const member of rollouts.members(id)) held.set(member.userId, member.reason?.text ?? why);
  }
  return held;
}
