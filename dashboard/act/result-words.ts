import type { Answer, RouteName } from '../api/routes';
import { skuNames } from '../data/sku-names';
import { count } from '../parts/format';
import { scopeInWords } from '../views/queue/scope-words';

/** What came of an action, in a sentence, and where to follow it. */
export type ResultWords = {
  readonly text: string;
  readonly link?: { readonly to: string; readonly label: string };
};

function ofReplay(answer: Answer<'failures.replay'>): ResultWords {
  const { users, rollout, deadLetters, underWay, withoutUser } = answer;
  const parts = [
    users.length === 0
      ? 'No user is looked at again.'
      : `${count(users.length, 'user')} will be decided anew.`,
    deadLetters === 0 ? '' : `${count(deadLetters, 'message')} taken back.`,
    underWay.length === 0 ? '' : `${count(underWay.length, 'user was', 'users were')} on the way already.`,
    withoutUser.length === 0
      ? ''
      : `${count(withoutUser.length, 'message names no user', 'messages name no user')}: dismiss or purge what names none.`,
  ];
  return {
    text: parts.filter((part) => part !== '').join(' '),
    ...(rollout === null ? {} : { link: { to: `/rollouts/${rollout}`, label: 'Follow the rollout' } }),
  };
}

function ofDismissal(answer: Answer<'failures.dismiss'>): ResultWords {
  const left =
    answer.left.length === 0
      ? ''
      : ` ${count(answer.left.length, 'failure')} left: ${answer.left[0]?.why ?? ''}`;
  return { text: `${count(answer.changed.length, 'failure')} changed.${left}` };
}

function ofPause({ isChanged, pauses }: Answer<'queues.pause'>): ResultWords {
  const scopes = pauses.map(({ scope }) => scopeInWords(scope, skuNames.value)).join(', ');
  const now = pauses.length === 0 ? 'Nothing is paused now.' : `Paused now: ${scopes}.`;
  return { text: isChanged ? `Done. ${now}` : `It was so already. ${now}` };
}

function ofRollout({ id, state }: Answer<'rollouts.showRollout'>): ResultWords {
  return {
    text: `The rollout ${id} is ${state}.`,
    link: { to: `/rollouts/${id}`, label: 'See the rollout' },
  };
}

function ofActivation({ rollout, users, warnings }: Answer<'policies.activate'>): ResultWords {
  const next =
    rollout.state === 'awaiting'
      ? 'Guards hold it: another person must approve it.'
      : rollout.state === 'running'
        ? 'It runs now.'
        : `It is ${rollout.state}.`;
  return {
    text: `${count(users, 'user')} planned. ${next} ${warnings.join(' ')}`.trim(),
    link: { to: `/rollouts/${rollout.id}`, label: 'See the rollout' },
  };
}

const words: { readonly [Name in RouteName]?: (answer: Answer<Name>) => ResultWords } = {
  'failures.replay': ofReplay,
  'failures.dismiss': ofDismissal,
  'failures.restore': ofDismissal,
  'queues.pause': ofPause,
  'queues.liftPause': ofPause,
  'queues.tryPause': ofPause,
  'queues.purgeQueue': ({ purged, queue }) => ({ text: `${count(purged, 'message')} of ${queue} deleted.` }),
  'rollouts.startRollout': ofRollout,
  'rollouts.pauseOne': ofRollout,
  'rollouts.resumeOne': ofRollout,
  'rollouts.cancelOne': ofRollout,
  'rollouts.approve': ofRollout,
  'policies.activate': ofActivation,
  'users.applyUsers': ({ queued }) => ({ text: `${count(queued, 'user')} will be looked at again.` }),
  'tenant.askForCensus': ({ afterRunning }) => ({
    text: afterRunning ? 'The census starts after the one that runs.' : 'The census starts within a minute.',
  }),
  'tenant.forgetConflict': ({ users }) => ({
    text: `Forgotten. ${count(users, 'user')} will be looked at again.`,
  }),
};

/** The sentence for the answer of a route. */
export function inWords(route: RouteName, answer: unknown): ResultWords {
  const describe = words[route] as ((given: unknown) => ResultWords) | undefined;
  return describe?.(answer) ?? { text: 'Done.' };
}
