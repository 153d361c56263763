import { ask } from '../../act/ask';
import { skuNames } from '../../data/sku-names';
import { scopeInWords } from './scope-words';

/** Stops work of a scope; nothing is lost. */
export function askToPause(scope: string): void {
  ask(
    'queues.pause',
    { scope },
    {
      title: `Pause ${scopeInWords(scope, skuNames.value)}`,
      text: 'It takes effect within 2 seconds and lasts until it is resumed. A write that Graph has already been sent is not torn. Users who are due are parked, and nothing is lost.',
      button: 'Pause',
    },
  );
}

/** Lets what a person paused go on. */
export function askToResume(scope: string): void {
  ask(
    'queues.liftPause',
    { scope },
    {
      title: `Resume ${scopeInWords(scope, skuNames.value)}`,
      text: 'What was parked goes on by itself within half a minute.',
      button: 'Resume',
    },
  );
}

/** Tries at once what the product paused by itself. */
export function askToTry(scope: string): void {
  ask(
    'queues.tryPause',
    { scope },
    {
      title: 'Try now',
      text: `Lifts the pause of ${scopeInWords(scope, skuNames.value)} at once, instead of within a minute. If Graph still refuses, it is paused again by itself.`,
      button: 'Try now',
    },
  );
}

/** Deletes the dead letters of a queue; another person must approve. */
export function askToPurge(queue: string, count: number): void {
  ask(
    'queues.purgeQueue',
    { queue },
    {
      title: `Purge the dead letters of ${queue}`,
      text: 'They are deleted for good. No license is lost: messages only name users, and the next census looks at every user. Exactly the messages that are there now are deleted.',
      button: 'Ask for approval',
      count,
      isGrave: true,
      takesTwo: true,
    },
  );
}
