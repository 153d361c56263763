// What the pictures need and a cloud of `npm start` has not: a second policy, and a rollout that waits for approval.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isMap, parseDocument } from 'yaml';

const run = promisify(execFile);

/** A policy that takes back the first `disable` of this one, and whose every change guards hold; undefined: there is none. */
export function heldEdit(text) {
  const policy = parseDocument(text);
  const grants = (policy.get('rules')?.items ?? []).flatMap((rule) => rule.get('assign')?.items ?? []);
  const grant = grants.find((one) => isMap(one) && one.has('disable'));
  if (grant === undefined) return undefined;
  grant.delete('disable');
  policy.set('guards', { maxReductions: { count: 0 }, maxChanges: { count: 0 } });
  return String(policy);
}

/**
 * Activates such a policy where the cloud has no rollout. Nothing is written to users: it waits for another person.
 * @returns what ends it again
 */
export async function bringAboutRollout(root, cloudFile) {
  const licenser = async (...args) => {
    const { stdout } = await run(process.execPath, [
      join(root, 'dist', 'cli', 'main.js'),
      ...args,
      '--cloud-file',
      cloudFile,
    ]);
    return stdout;
  };
  if (JSON.parse(await licenser('rollout', 'list', '--json')).length > 0) return async () => undefined;
  const text = heldEdit(await licenser('policy', 'show'));
  if (text === undefined) {
    process.stderr.write(
      'photograph: the policy has nothing that could be changed for a picture of a rollout\n',
    );
    return async () => undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'photograph-'));
  const file = join(folder, 'edited.yaml');
  writeFileSync(file, text);
  try {
    const why = ['--why', 'CHG-5: for the pictures', '--as', 'operator', '--json'];
    const { rollout } = JSON.parse(await licenser('policy', 'activate', file, ...why));
    return async () => {
      if (rollout.state === 'awaiting') await licenser('rollout', 'cancel', rollout.id, ...why);
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
