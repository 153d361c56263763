import type { Services } from '../../pipeline/services';
import { checkAgainstTenant } from '../../pipeline/sources/check-against-tenant';
import { findGroupFindings } from '../../pipeline/sources/group-findings';
import { describeGroup, hintForGroup, isGroupError } from '../../policy/checks/group-finding';
import { foldText } from '../../policy/fold-case';
import { namedGroups } from '../../policy/group-references';
import { loadPolicy } from '../../policy/file/load-policy';
import type { Policy } from '../../policy/policy';
import { checkBoundNames } from './check-bound-names';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';

export type PolicyFile = { readonly path: string; readonly read: () => Promise<string> };

/** The policy as a whole, its names against the tenant, and whether the app can carry it out. */
export async function checkPolicyNames(
  { directory, policy, catalogue }: Pick<Services, 'directory' | 'policy' | 'catalogue'>,
  { path, read }: PolicyFile,
): Promise<readonly Finding[]> {
  const current = await policy.current();
  const text = await read();
  const inForce = await policiesInForce(policy);
  const { policy: known } = loadPolicy(text, { file: path });
  const stored = inForce.find(({ hash }) => hash === known?.hash);
  const { policy: ofFile, problems } = await checkAgainstTenant(directory, text, path, stored?.bindings);
  const findings = problems.map(({ severity, line, column, message, hint }) => {
    const text = `${path}:${String(line)}:${String(column)}: ${message}`;
    const todo = hint ?? 'Fix the policy file.';
    return severity === 'error' ? fail('policy', text, todo) : warn('policy', text, todo);
  });
  if (current.mode === 'observe') {
    findings.push(
      warn('policy', 'mode is observe: everything is decided and nothing is written', 'Set mode: enforce.'),
    );
  }
  const tenant = await catalogue.read();
  for (const one of inForce) {
    findings.push(...checkBoundNames(one, tenant.catalogue), ...(await checkGroups(directory, one)));
  }
  const { candidate } = await policy.pointer();
  if (ofFile !== null && ofFile.hash !== current.hash && ofFile.hash !== candidate) {
    findings.push(
      warn(
        'policy',
        `${path} (${ofFile.hash.slice(0, 12)}) is not the policy in force (${current.hash.slice(0, 12)}): it changes nothing`,
        `To put it into force: \`licenser policy activate ${path}\`. To read the one in force: \`licenser policy show\`.`,
      ),
    );
  }
  if (findings.some(({ state }) => state === 'fail')) return findings;
  return [
    ok(
      'policy',
      `${String(current.rules.length)} rules, hash ${current.hash.slice(0, 12)}, every name known to the tenant`,
    ),
    ...findings,
  ];
}

/** The file may be another one: what counts are the policies that decide for users now. */
async function policiesInForce(policy: Services['policy']): Promise<readonly Policy[]> {
  const { active, candidate, left } = await policy.pointer();
  const hashes = new Set([active, candidate, ...left].filter((hash) => hash !== null));
  return Promise.all([...hashes].map(async (hash) => (await policy.byHash(hash)).policy));
}

async function checkGroups(directory: Services['directory'], policy: Policy): Promise<readonly Finding[]> {
  const findings = await findGroupFindings(directory, policy);
  return namedGroups(policy).flatMap(({ reference, path }) => {
    const found = findings.get(foldText(reference));
    if (found === undefined) return [];
    const [, index] = path;
    const where = typeof index === 'number' ? `rule "${policy.rules[index]?.name ?? ''}"` : 'the scope';
    const names = `the policy in force (${policy.hash.slice(0, 12)}) names the group ${reference} in ${where}`;
    const text = `${names}. ${describeGroup({ ...found, reference })}`;
    const todo = hintForGroup({ ...found, reference });
    if (!isGroupError(found)) return [warn('policy', text, todo)];
    const standsFor = found.kind === 'several' || found.kind === 'otherKindBound';
    return [
      fail(
        'policy',
        standsFor ? text : `${text}: no user is licensed by it and nothing is taken away`,
        `${todo} Then activate the policy again.`,
      ),
    ];
  });
}
