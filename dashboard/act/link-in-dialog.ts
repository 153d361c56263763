type Step = 'asking' | 'sending' | 'refused' | 'operation' | 'approval' | 'done';

/**
 * What the dialog does when a link in it is pressed. Before there is an outcome it must not close: the reason that is typed
 * and the key of the action would be lost. After it, a link that led to another view of this page (`isFollowed`) closes the
 * dialog, which would cover the view; one that opened in a new tab does not.
 */
export function whenLinkIsPressed(step: Step, isFollowed: boolean): 'stays' | 'closes' {
  return hasOutcome(step) && isFollowed ? 'closes' : 'stays';
}

/** Whether the dialog shows what came of the action. */
export function hasOutcome(step: Step): boolean {
  return step === 'done' || step === 'operation' || step === 'approval';
}
