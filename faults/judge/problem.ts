/** What a run may be found guilty of; the first four are those of the campaign's JSON. */
export const problemKinds = [
  'lost',
  'wronglyRemoved',
  'overPromised',
  'doubled',
  'wronglyGiven',
  'message',
  'audit',
] as const;
export type ProblemKind = (typeof problemKinds)[number];

export type Problem = { readonly kind: ProblemKind; readonly text: string };
