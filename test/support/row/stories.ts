import fc from 'fast-check';
import type { AgendaEntry } from '../../../shared/pipeline/row/agenda/agenda';
import type { RowEvent } from '../../../shared/pipeline/row/events';
import { happenings } from './happenings';
import type { Happening } from './happenings';
import { PlayedUser } from './row-events';
import type { Happened } from './row-events';

export type Runs = { readonly numRuns: number };

/** The user after all of this, in turn. */
export function playAll(story: readonly Happening[]): PlayedUser {
  const played = new PlayedUser();
  for (const happening of story) played.play(happening);
  return played;
}

export const stories = fc.array(happenings, { minLength: 1, maxLength: 10 });

/** Checks each event of each story. */
export function forEachEvent(runs: Runs, check: (happened: Happened) => void): void {
  fc.assert(
    fc.property(stories, (story) => {
      for (const happened of playAll(story).happened) check(happened);
    }),
    runs,
  );
}

/** The token of the message in hand. */
export const tokenOf = (event: RowEvent): string | undefined => {
  if ('heard' in event) return event.heard?.token;
  return 'token' in event ? event.token : undefined;
};

/** The user has an answer: an outcome that stands, or a failure that only an operator or a new hint ends. */
export const isAnswer = ({ event, step }: Happened): boolean =>
  event.kind === 'looked' ||
  event.kind === 'written' ||
  step.result?.kind === 'giveUp' ||
  step.row.state?.reasons[0]?.code === 'user/gone';

/** `cause time` of each entry. */
export const renderEntries = (entries: readonly AgendaEntry[]) =>
  entries.map(({ key, at }) => `${key} ${at}`);
