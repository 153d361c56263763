import { join } from 'node:path';
import { UserError, ensureError } from '../../emulator-kit/src/errors';
import { FunctionRegistry } from './app/function-registry';
import { loadApp } from './app/load-app';
import { Assembly } from './assembly';
import type { AssemblyOptions } from './assembly';
import { readHostJson } from './host-json';
import type { AccessKeys } from './http/access-keys';
import { HttpHost } from './http/http-host';
import { Invoker } from './invoker';
import { groupOf, groupsOf, httpGroup } from './instances/scale-groups';
import { isDisabled } from './setting';

export type FunctionsHostOptions = AssemblyOptions & {
  readonly appRoot: string;
  /** 0: any free port. */
  readonly port: number;
  readonly keys: AccessKeys;
  /** The scale group to run, such as `http` or `function:decide`; default: everything. */
  readonly group?: string | undefined;
  /** Groups that other processes run; default: none. */
  readonly without?: readonly string[];
};

export type FunctionsHost = {
  readonly port: number;
  /** http://127.0.0.1:PORT */
  readonly origin: string;
  /** Names of the functions, sorted. */
  readonly functions: readonly string[];
  /** The app's scale groups, `http` first. */
  readonly groups: readonly string[];
  /** Takes no new work and waits up to `graceMs` for what runs. */
  stop(graceMs: number): Promise<void>;
};

const defaultBodyLimit = 104_857_600;

function toBodyLimit(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : defaultBodyLimit;
}

/**
 * Loads the app of `appRoot` and runs its functions: HTTP on 127.0.0.1, timers, Service Bus queues and subscriptions, event hubs.
 * @throws UserError for an app or a setting it cannot run
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const { appRoot, keys, log, clock, settings } = options;
  const host = readHostJson(join(appRoot, 'host.json'));
  for (const name of host.unused) log.warn('A setting of host.json has no effect here', { setting: name });
  const registry = new FunctionRegistry(log);
  await loadApp(appRoot, registry);
  const invoker = new Invoker({ registry, log, clock, timeoutMs: host.functionTimeoutMs });
  const assembly = new Assembly(options, host, invoker);
  for (const [name, registered] of registry.functions) {
    if (isDisabled(settings, name)) log.info('Function is disabled', { function: name });
    else assembly.add(name, registered);
  }
  const { http: httpFunctions, timers, handlers, listeners } = assembly.parts;
  const groups = groupsOf([...timers.keys(), ...listeners.keys()]);
  const { group: only, without = [] } = options;
  const unknown = [only ?? httpGroup, ...without].find((group) => !groups.includes(group));
  if (unknown !== undefined) {
    throw new UserError('functions-host/no-group', `The app has no scale group "${unknown}"`, {
      hint: `It has ${groups.join(', ')}.`,
    });
  }
  const isRun = (group: string) => (only === undefined || only === group) && !without.includes(group);
  const background = [...timers, ...listeners].flatMap(([name, one]) => (isRun(groupOf(name)) ? [one] : []));
  let isDraining = false;
  const http = new HttpHost({
    port: options.port,
    routePrefix: host.routePrefix,
    functions: isRun(httpGroup) ? httpFunctions : [],
    keys,
    invoker,
    runByHand: (name, input) => timers.get(name)?.runByHand() ?? handlers.get(name)?.runByHand(input),
    draining: {
      start: () => {
        isDraining = true;
        for (const one of background) void one.stop();
      },
      status: () => {
        const outstandingInvocations = invoker.running;
        const state = outstandingInvocations > 0 ? 'InProgress' : 'Completed';
        return { state: isDraining ? state : 'Disabled', outstandingInvocations, outstandingRetries: 0 };
      },
    },
    bodyLimit: toBodyLimit(settings['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT']),
    log,
  });
  await http.start();
  for (const one of background) one.start();
  return {
    port: http.port,
    origin: `http://127.0.0.1:${http.port}`,
    functions: [...registry.functions.keys()].sort(),
    groups,
    stop: async (graceMs) => {
      const requests = http.stop();
      const ends = Promise.allSettled([...background.map((one) => one.stop()), invoker.whenIdle(graceMs)]);
      const grace = new AbortController();
      await Promise.race([ends, clock.sleep(graceMs, grace.signal).catch(() => undefined)]);
      grace.abort();
      requests.force();
      await registry
        .runHooks('appTerminate', { hookData: {} })
        .catch((thrown: unknown) =>
          log.warn('An appTerminate hook failed', { error: ensureError(thrown).message }),
        );
      await Promise.race([
        Promise.allSettled([...listeners.values()].map((listener) => listener.close())),
        clock.sleep(200),
      ]);
    },
  };
}
