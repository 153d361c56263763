import { ask } from '../../act/ask';

const whatReplayDoes =
  'Each of these users is read again and decided by what is true now. Nothing is sent again as it was. Doing it twice does no harm.';

/** What failed after the reader looked is not swept along. */
const seenNow = () => new Date().toISOString();

/** All of a class, such as after seats were bought. */
export function askToReplayClass(name: string, count: number | null, seenAt: string = seenNow()): void {
  ask(
    'failures.replay',
    { class: name, seenAt },
    {
      title: `Replay all failures of class ${name}`,
      text: `${whatReplayDoes} More than 50 users become a rollout, which can be paused. What fails after you looked stays.`,
      button: 'Replay',
      count,
      previews: true,
    },
  );
}

/** Those that were picked. */
export function askToReplay(subjects: readonly string[]): void {
  ask(
    'failures.replay',
    { subjects: [...subjects] },
    {
      title: 'Replay the selected failures',
      text: whatReplayDoes,
      button: 'Replay',
      count: subjects.length,
      previews: true,
    },
  );
}

type Selected = { readonly subjects: readonly string[] } | { readonly class: string };
const inputOf = (selected: Selected) =>
  'subjects' in selected
    ? { subjects: [...selected.subjects] }
    : { class: selected.class, seenAt: seenNow() };

/** Takes failures off the list for a day. */
export function askToDismiss(selected: Selected, count: number | null): void {
  ask('failures.dismiss', inputOf(selected), {
    title: 'Dismiss failures',
    text: 'They leave the list, and are shown under Dismissed. Nothing is changed for the users. One that goes on failing comes back after a day.',
    button: 'Dismiss',
    count,
  });
}

/** Puts dismissed failures on the list again. */
export function askToRestore(selected: Selected, count: number | null): void {
  ask('failures.restore', inputOf(selected), {
    title: 'Restore failures',
    text: 'They are on the list again. Nothing else happens.',
    button: 'Restore',
    count,
  });
}
