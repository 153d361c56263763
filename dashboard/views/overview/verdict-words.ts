import type { Answer } from '../../api/routes';

export type Status = Answer<'status.showStatus'>;
export type Cause = Status['causes'][number];

type Words = { readonly word: string; readonly shape: string; readonly meaning: string };

/** Word, shape and sentence of each verdict: colour never stands alone. */
export const verdictWords: Readonly<Record<Status['verdict'], Words>> = {
  licensing: { word: 'Licensing', shape: '●', meaning: 'Users are being licensed.' },
  late: { word: 'Late', shape: '▲', meaning: 'Users are being licensed, but later than they should be.' },
  partly: { word: 'Partly', shape: '▲', meaning: 'Most users are being licensed; some are not.' },
  stopped: { word: 'Stopped', shape: '■', meaning: 'No user is being licensed.' },
  unknown: { word: 'Not known', shape: '◌', meaning: 'Nothing can be said about it now.' },
};
