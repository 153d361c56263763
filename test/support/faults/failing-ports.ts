/** Which call to the outside world dies. `after`: it has had its effect, and only the answer is lost. */
export type Faults = { at: number; after: boolean; calls: number };

const die = () => {
  throw new Error('killed');
};

/**
 * Ports of which one call fails, counted over all of them: before it has an effect, or after. A test goes through every
 * `at` until no call is left that could fail, so that a process is killed between any two steps.
 */
export function makeFailingPorts(faults: Faults = { at: Infinity, after: false, calls: 0 }) {
  const failing = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as unknown;
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          const isDue = ++faults.calls === faults.at;
          if (isDue && !faults.after) die();
          const result = (method as (...given: unknown[]) => unknown).apply(target, args);
          if (!isDue) return result;
          if (result instanceof Promise) return result.then(die);
          return (async function* () {
            yield* result as AsyncIterable<unknown>;
            die();
          })();
        };
      },
    });
  return { faults, failing };
}
