import type { Page } from 'playwright-core';

/** What a page asked of the ops API, and how long the browser's one thread was busy in one piece. */
export type Measured = {
  /** Milliseconds of the slowest answer, and which it was. */
  readonly slowest: { readonly ms: number; readonly path: string };
  /** The longest answer, bytes as it came. */
  readonly largest: { readonly bytes: number; readonly path: string };
  readonly answers: number;
  /** Requests that differ in path or query: what a view asks again by itself counts once. */
  readonly different: readonly string[];
  /** Milliseconds; 0: none was longer than 50. */
  readonly longestTask: number;
};

/**
 * Measures from now on, over views but not over a reload. Long tasks are those of
 * https://www.w3.org/TR/longtasks-1/. Times depend on the machine: they are for people to read, not for a test to judge.
 */
export async function measurePage(page: Page): Promise<() => Promise<Measured>> {
  const answers: { path: string; ms: number; bytes: number }[] = [];
  page.on('requestfinished', async (request) => {
    const { pathname, search } = new URL(request.url());
    if (!pathname.startsWith('/api/ops/')) return;
    const { responseEnd } = request.timing();
    const { responseBodySize } = await request.sizes().catch(() => ({ responseBodySize: 0 }));
    answers.push({
      path: `${request.method()} ${pathname}${search}`,
      ms: responseEnd,
      bytes: responseBodySize,
    });
  });
  await page.evaluate(`
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: 'longtask' });
  `);
  return async () => {
    const longestTask = await page.evaluate<number>('Math.max(0, ...window.longTasks)');
    const none = { path: '', ms: 0, bytes: 0 };
    const slowest = answers.reduce((most, one) => (one.ms > most.ms ? one : most), none);
    const largest = answers.reduce((most, one) => (one.bytes > most.bytes ? one : most), none);
    return {
      slowest,
      largest,
      answers: answers.length,
      different: [...new Set(answers.map(({ path }) => path))],
      longestTask: Math.round(longestTask),
    };
  };
}

/** One line for people: a test prints it beside its result. */
export function inWords(what: string, { slowest, largest, answers, longestTask }: Measured): string {
  return (
    `${what}: ${String(answers)} answers, the slowest ${String(Math.round(slowest.ms))} ms (${slowest.path}), ` +
    `the largest ${String(largest.bytes)} bytes (${largest.path}), the longest task ${String(longestTask)} ms`
  );
}
