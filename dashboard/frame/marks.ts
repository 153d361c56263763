import { signal } from '@preact/signals';

/** Counts beside entries of the navigation, by path, such as the failures that are open; kept by the overview. */
export const marks = signal<Readonly<Record<string, string | undefined>>>({});
