// The environments of the repository, by GitHub's CLI: who must approve a deployment, which refs may deploy, and the
// variables of the workflow. https://docs.github.com/rest/deployments/environments
import { spawnSync } from 'node:child_process';

/** What `gh` refused. */
export class GitHubRefused extends Error {
  name = 'GitHubRefused';
}

function gh(args) {
  const { status, stdout, stderr, error } = spawnSync('gh', args, { encoding: 'utf8' });
  if (error) throw new GitHubRefused('The GitHub CLI is not installed: https://cli.github.com');
  if (status !== 0) throw new GitHubRefused(`gh ${args[0]}: ${stderr.trim() || 'failed without a message'}`);
  return stdout.trim();
}

/** Tags that the workflow deploys; no branch may use the environment. */
const deployedTags = 'v*';

/**
 * Protects the environment of deployments: one reviewer approves each, and only a tag v* may ask. May run again.
 *
 * @param {string} repository OWNER/NAME
 * @param {string} environment
 * @param {string} reviewer a user, or a team as ORGANIZATION/TEAM
 * @throws {GitHubRefused} not signed in, no such reviewer, or no right to administer the repository
 */
export function protectEnvironment(repository, environment, reviewer) {
  const [organization, team] = reviewer.split('/');
  const [type, place] =
    team === undefined ? ['User', `users/${organization}`] : ['Team', `orgs/${organization}/teams/${team}`];
  const id = gh(['api', place, '--jq', '.id']);
  const path = `repos/${repository}/environments/${environment}`;
  gh([
    ...['api', path, '--method', 'PUT'],
    ...['--field', `reviewers[][type]=${type}`, '--field', `reviewers[][id]=${id}`],
    ...['--field', 'deployment_branch_policy[protected_branches]=false'],
    ...['--field', 'deployment_branch_policy[custom_branch_policies]=true'],
    '--silent',
  ]);
  const policies = `${path}/deployment-branch-policies`;
  const known = gh(['api', policies, '--jq', '.branch_policies[].name']).split('\n');
  if (known.includes(deployedTags)) return;
  gh([
    ...['api', policies, '--method', 'POST'],
    ...['--field', `name=${deployedTags}`, '--field', 'type=tag'],
    '--silent',
  ]);
}

/** Makes an environment without protection, for what cannot change anything. */
export function ensureEnvironment(repository, environment) {
  gh(['api', `repos/${repository}/environments/${environment}`, '--method', 'PUT', '--silent']);
}

/** @param {Record<string, string>} variables no secrets: GitHub shows them to people of the repository */
export function setVariables(repository, environment, variables) {
  for (const [name, value] of Object.entries(variables))
    gh(['variable', 'set', name, '--repo', repository, '--env', environment, '--body', value]);
}
