import { effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { read } from '../api/client';
import { ApiProblem } from '../api/problem';
import type { Answer, Input, RouteName } from '../api/routes';
import { sessionEnded } from '../session/session';
import { nextLookMs, updatesPaused } from './pace';

export type Resource<Found> = {
  /** The last answer; undefined: none yet. */
  readonly data: ReadonlySignal<Found | undefined>;
  /** Why the last look failed; what was known stays in `data`. */
  readonly problem: ReadonlySignal<ApiProblem | undefined>;
  /** When `data` was read, milliseconds; undefined: never. */
  readonly readAt: ReadonlySignal<number | undefined>;
  readonly refresh: () => Promise<void>;
};

/** Looks that are repeated look at this distance unless they say otherwise. */
export const lookEveryMs = 10_000;

/** The API lets a caller do two heavy reads at once; the others wait their turn here. */
let under = 0;
const waiting: (() => void)[] = [];
async function inTurn<Found>(work: () => Promise<Found>): Promise<Found> {
  if (under >= 2) await new Promise<void>((resolve) => waiting.push(resolve));
  under += 1;
  try {
    return await work();
  } finally {
    under -= 1;
    waiting.shift()?.();
  }
}

/** Counts the actions of this page: after each of them everything on the screen is read again. */
export const changes = signal(0);

/** Reads again what is on the screen, because something was changed. */
export function refreshAll(): void {
  changes.value += 1;
}

/** `work` null: there is nothing to read yet. */
function makeResource<Found>(work: (() => Promise<Found>) | null, everyMs: number | null) {
  const data = signal<Found | undefined>(undefined);
  const problem = signal<ApiProblem | undefined>(undefined);
  const readAt = signal<number | undefined>(undefined);
  let errors = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOpen = true;
  let last = 0;

  const refresh = async () => {
    if (work === null) return;
    clearTimeout(timer);
    const turn = ++last;
    try {
      const found = await inTurn(work);
      // An answer that a later look has overtaken says nothing any more.
      if (!isOpen || turn !== last) return;
      data.value = found;
      readAt.value = Date.now();
      problem.value = undefined;
      errors = 0;
    } catch (thrown) {
      if (!isOpen || turn !== last) return;
      if (!(thrown instanceof ApiProblem)) throw thrown;
      problem.value = thrown;
      errors += 1;
    } finally {
      if (turn === last) plan();
    }
  };
  const plan = () => {
    clearTimeout(timer);
    if (!isOpen || everyMs === null || sessionEnded.value) return;
    const wait = nextLookMs(everyMs, errors);
    if (wait !== null) timer = setTimeout(() => void refresh(), wait);
  };
  const onSeen = () => {
    if (document.visibilityState !== 'visible' || everyMs === null || updatesPaused.value) return;
    if (Date.now() - (readAt.value ?? 0) >= everyMs) void refresh();
    else plan();
  };
  document.addEventListener('visibilitychange', onSeen);
  let wasPaused = updatesPaused.peek();
  const stopWatching = effect(() => {
    const isPaused = updatesPaused.value;
    // The view itself asks for the first look.
    if (isPaused === wasPaused) return;
    wasPaused = isPaused;
    if (isPaused) clearTimeout(timer);
    else onSeen();
  });
  let seenChanges = changes.peek();
  const stopFollowing = effect(() => {
    if (changes.value === seenChanges) return;
    seenChanges = changes.value;
    void refresh();
  });
  return {
    data,
    problem,
    readAt,
    refresh,
    close: () => {
      isOpen = false;
      clearTimeout(timer);
      stopWatching();
      stopFollowing();
      document.removeEventListener('visibilitychange', onSeen);
    },
  };
}

/**
 * What a route answers, kept fresh while the view is open and seen. `everyMs` null: read once. `input` null: not yet.
 */
export function useResource<Name extends RouteName>(
  name: Name,
  input: Input<Name> | null,
  everyMs: number | null = lookEveryMs,
): Resource<Answer<Name>> {
  const key = JSON.stringify(input);
  const resource = useMemo(
    () =>
      makeResource(
        key === 'null' ? null : () => read(name, JSON.parse(key) as Input<Name>),
        key === 'null' ? null : everyMs,
      ),
    [name, key, everyMs],
  );
  useEffect(() => {
    void resource.refresh();
    return resource.close;
  }, [resource]);
  return resource;
}
