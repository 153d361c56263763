/**
 * Work that is done only while there is some: feeding rollouts, serving waiting lists, walking a census, seeing to the
 * subscription that Graph has spoken of. Each is a function of this name with a schedule of its own; without one the
 * timer `users-delta` has it done when it is due, the subscription in any case.
 */
export const dueWorks = ['rollouts', 'waiting-list', 'census-walk', 'graph-subscription'] as const;
export type DueWork = (typeof dueWorks)[number];

/** Work that is done when Graph calls, beside its timer: following groups after a change of one. */
export const calledWorks = ['group-changes'] as const;
/** All that a message can have done. */
export type Work = DueWork | (typeof calledWorks)[number];
