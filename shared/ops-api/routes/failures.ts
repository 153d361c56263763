import { z } from 'zod';
import { timing } from '../../kernel/timing';
import { dismissFailures, restoreFailures } from '../../ops/failures/dismiss-failures';
import { listFailures } from '../../ops/failures/list-failures';
import { pageFailures } from '../../ops/failures/page-failures';
import { previewReplay } from '../../ops/failures/preview-replay';
import { replayFailures } from '../../ops/failures/replay-failures';
import type { FailureSelection } from '../../ops/failures/select-failures';
import { showFailure as readStory } from '../../ops/failures/show-failure';
import { failureStates } from '../../words/failure';
import { cursorOf, placeOf } from '../requests/pages';
import { defineRoute } from '../route';
import { Cursor, IsoTime, OptionalWhy, Why, pageOf } from '../schemas';

const View = z.looseObject({ kind: z.string(), class: z.string(), state: z.string(), subject: z.string() });
const Missing = z.array(z.object({ part: z.string(), why: z.string() }));
const Selection = z.object({
  subjects: z.array(z.string().min(1)).min(1).max(10_000).exactOptional(),
  class: z.string().min(1).exactOptional(),
  all: z.literal(true).exactOptional(),
  /** Of a class or of all: when the person looked. What came later, or came again, stays. */
  seenAt: IsoTime.exactOptional(),
}).shape;
type Selected = { subjects?: string[]; class?: string; all?: true; seenAt?: string };

/** More than these are not settled within one request. */
const mostAtOnce = 200;

function selectionOf({ subjects, class: name, seenAt }: Selected): FailureSelection {
  if (subjects !== undefined) return { kind: 'subjects', subjects };
  const seen = seenAt === undefined ? {} : { seenAt: Date.parse(seenAt) };
  return name === undefined ? { kind: 'all', ...seen } : { kind: 'class', class: name, ...seen };
}

const isOne = (input: Selected) =>
  [input.subjects, input.class, input.all].filter((each) => each !== undefined).length === 1;
const isMany = ({ subjects }: Selected) => subjects === undefined || subjects.length > mostAtOnce;
const subjectOf = ({ subjects, class: name }: Selected) =>
  subjects === undefined
    ? (name ?? 'all')
    : subjects.length === 1
      ? (subjects[0] ?? '')
      : `${String(subjects.length)} subjects`;

/** A selection is one of the three; anything else is refused before the work. */
const selecting = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.object({ ...Selection, ...shape }).refine((input) => isOne(input as Selected), {
    message: 'give subjects, class or all, one of the three',
  });

const Class = z.looseObject({ class: z.string(), count: z.number(), repair: z.string() });

/** The oldest dead letters, whose classes are told: as many as one look at a queue brings. */
const lettersOfClasses = 100;

export const showClasses = defineRoute({
  id: 'showFailureClasses',
  method: 'get',
  path: '/failures/classes',
  summary: 'Failures, dead letters and users who wait for seats by class, each with how many and what to do',
  role: 'Viewer',
  isHeavy: true,
  sharedMs: timing.ops.overview.ms,
  input: z.object({ state: z.enum(failureStates).exactOptional() }),
  answer: pageOf(Class).extend({ missing: Missing }),
  async handle({ services, inspector }, { state = 'open' }) {
    const options = { state, limit: 0, letters: lettersOfClasses };
    const { classes, total, missing } = await pageFailures(services, inspector, options);
    return { items: classes, next: null, total: { value: total, exact: missing.length === 0 }, missing };
  },
});

export const showFailures = defineRoute({
  id: 'showFailures',
  method: 'get',
  path: '/failures',
  summary: 'Failures, dead letters and users who wait for seats: by class, and a page of them',
  role: 'Viewer',
  isHeavy: true,
  sharedMs: timing.ops.overview.ms,
  input: z.object({
    state: z.enum(failureStates).exactOptional(),
    class: z.string().exactOptional(),
    skip: z.coerce.number().int().min(0).exactOptional(),
    limit: z.coerce.number().int().min(0).max(200).exactOptional(),
    cursor: Cursor,
  }),
  answer: z.looseObject({
    state: z.enum(failureStates),
    classes: z.array(Class),
    total: z.number(),
    entries: z.array(View),
    /** The cursor of the next page; null: this is the last one, or no page was asked for. */
    next: z.string().nullable(),
    missing: Missing,
  }),
  async handle(context, { cursor, skip = 0, ...input }) {
    const { services, inspector, isCommand } = context;
    const list = `failures ${input.state ?? 'open'} ${input.class ?? ''}`;
    const place = await placeOf(context, list, cursor);
    const options = { limit: 50, ...input, skip: place === undefined ? skip : Number(place) };
    // A command reads by itself, and may not be allowed to make the key that cursors are signed with.
    if (isCommand === true) return { ...(await listFailures(services, inspector, options)), next: null };
    const found = await pageFailures(services, inspector, options);
    const end = options.skip + options.limit;
    const isMore = found.entries.length > 0 && end < found.total;
    return { ...found, next: await cursorOf(context, list, isMore ? String(end) : null) };
  },
});

export const showFailure = defineRoute({
  id: 'showFailure',
  method: 'get',
  path: '/failures/{subject}',
  summary: 'The story of one user or message, and what deciding would do now',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({ subject: z.string() }),
  answer: z.looseObject({ subject: z.string(), failures: z.array(View) }),
  handle: ({ services, inspector }, { subject }) => readStory(services, inspector, subject),
});

export const preview = defineRoute({
  id: 'previewReplay',
  method: 'post',
  path: '/failures/preview',
  summary:
    'What replaying failures would come to now, by outcome; the first users are looked at, 200 at most',
  role: 'Viewer',
  isHeavy: true,
  input: selecting({}),
  answer: z.object({
    users: z.number(),
    looked: z.number(),
    outcomes: z.record(z.string(), z.number()),
    written: z.number(),
    withoutUser: z.number(),
  }),
  handle: ({ services, inspector }, input) => previewReplay(services, inspector, selectionOf(input)),
});

export const replay = defineRoute({
  id: 'replayFailures',
  method: 'post',
  path: '/failures/replay',
  summary: 'Read the users of failures again and decide them anew',
  role: 'Operator',
  action: 'failure/replay',
  subject: subjectOf,
  isLong: isMany,
  input: selecting({ why: OptionalWhy }),
  answer: z.looseObject({
    users: z.array(z.string()),
    rollout: z.string().nullable(),
    deadLetters: z.number(),
  }),
  handle: ({ services, inspector, operator }, input) =>
    replayFailures(services, inspector, selectionOf(input), operator),
});

const Dismissed = z.object({
  changed: z.array(z.object({ subject: z.string(), class: z.string() })),
  left: z.array(z.object({ subject: z.string(), class: z.string(), why: z.string() })),
});

export const dismiss = defineRoute({
  id: 'dismissFailures',
  method: 'post',
  path: '/failures/dismiss',
  summary: 'Take failures off the list for a day',
  role: 'Operator',
  action: 'failure/dismiss',
  subject: subjectOf,
  isLong: isMany,
  input: selecting({ why: Why }),
  answer: Dismissed,
  handle: ({ services, inspector, operator }, { why, ...input }) =>
    dismissFailures(services, inspector, selectionOf(input), { ...operator, why }),
});

export const restore = defineRoute({
  id: 'restoreFailures',
  method: 'post',
  path: '/failures/restore',
  summary: 'Put dismissed failures on the list again',
  role: 'Operator',
  action: 'failure/restore',
  subject: subjectOf,
  isLong: isMany,
  input: selecting({ why: OptionalWhy }),
  answer: Dismissed,
  handle: ({ services, inspector, operator }, input) =>
    restoreFailures(services, inspector, selectionOf(input), operator),
});
