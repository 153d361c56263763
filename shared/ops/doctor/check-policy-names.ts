import type { Services } from '../../pipeline/services';
import { checkPolicy } from '../../policy/check-policy';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';

export type PolicyFile = { readonly path: string; readonly read: () => Promise<string> };

/** The policy as a whole, its names against the tenant, and whether the app can carry it out. */
export async function checkPolicyNames(
  { directory, policy }: Pick<Services, 'directory' | 'policy'>,
  { path, read }: PolicyFile,
): Promise<readonly Finding[]> {
  const current = await policy.current();
  const text = await read();
  const { policy: ofFile, problems } = checkPolicy(text, { file: path, skus: await directory.listSkus() });
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
