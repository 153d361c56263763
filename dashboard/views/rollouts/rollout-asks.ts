import { ask } from '../../act/ask';

/** Lets a rollout run that guards or a setting hold; not by who asked for it. */
export function askToApprove(rollout: string, members: number): void {
  ask(
    'rollouts.approve',
    { rollout },
    {
      title: `Approve ${rollout}`,
      text: 'It is planned anew first: when users have changed since, it says so and nothing is written. Then its users are written to at the quota’s pace; it can be paused at any time.',
      button: 'Approve',
      count: members,
      isGrave: true,
    },
  );
}

/** Pause, go on, or write nothing more. */
export function askToChange(what: 'pauseOne' | 'resumeOne' | 'cancelOne', rollout: string): void {
  const words = {
    pauseOne: {
      title: `Pause ${rollout}`,
      text: 'Nothing more is written for it until it is resumed.',
      button: 'Pause',
    },
    resumeOne: {
      title: `Resume ${rollout}`,
      text: 'It goes on with the users that are left.',
      button: 'Resume',
    },
    cancelOne: {
      title: `Cancel ${rollout}`,
      text: 'Nothing more is written for it. What it has changed stays; users that it has not reached keep what they have.',
      button: 'Cancel it',
    },
  }[what];
  ask(`rollouts.${what}`, { rollout }, words);
}

/** Takes the users back that a cancelled activation has changed. */
export function askToReturn(rollout: string): void {
  ask(
    'rollouts.startRollout',
    { kind: 'return', rollout },
    {
      title: `Return from ${rollout}`,
      text: 'The users whom it has changed are decided by the policy before it again.',
      button: 'Return',
    },
  );
}

/** Looks at everybody, and sets right who has no outcome or is not as the policy says. */
export function askForCensusRollout(): void {
  ask(
    'rollouts.startRollout',
    { kind: 'census' },
    {
      title: 'Set right what differs',
      text: 'Every user is planned by the policy in force. Those who have no outcome, or are not as it says, become a rollout; when guards hold it, another person must approve it.',
      button: 'Start',
    },
  );
}
