import { randomUUID } from 'node:crypto';
import { noLongerNeeded } from '../../emulator-kit/src/clock';
import type { Clock } from '../../emulator-kit/src/clock';
import { AppError, ensureError } from '../../emulator-kit/src/errors';
import type { Logger } from '../../emulator-kit/src/logger';
import type { FunctionRegistry, RegisteredFunction } from './app/function-registry';
import type { CoreInvocationContext, LogLevel, RetryContext, TypedData } from './app/programming-model';
import { writeLog } from './host-log';

export type Invocation = {
  readonly function: RegisteredFunction;
  /** Name of the trigger's binding. */
  readonly bindingName: string;
  readonly input: TypedData;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly retry?: RetryContext;
  /** W3C traceparent. */
  readonly traceParent?: string | undefined;
};

/** A function ran longer than functionTimeout of host.json. */
export class FunctionTimeoutError extends AppError<'functions-host/timeout'> {
  constructor(functionName: string, timeoutMs: number) {
    super('functions-host/timeout', `Function "${functionName}" ran longer than ${timeoutMs / 1000} s`);
  }
}

/** Runs registered functions through the app's own programming model, with its conversions and hooks. */
export class Invoker {
  readonly #registry: FunctionRegistry;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #timeoutMs: number | undefined;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: {
    registry: FunctionRegistry;
    log: Logger;
    clock: Clock;
    timeoutMs: number | undefined;
  }) {
    this.#registry = options.registry;
    this.#log = options.log;
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs;
  }

  /** How many functions run now. */
  get running(): number {
    return this.#running.size;
  }

  /** Resolves when nothing runs any more, at the latest after `graceMs`. */
  async whenIdle(graceMs: number): Promise<void> {
    const grace = new AbortController();
    const limit = this.#clock.sleep(graceMs, grace.signal).catch(() => undefined);
    await Promise.race([Promise.allSettled([...this.#running]), limit]);
    grace.abort();
  }

  /**
   * The function's return value as TypedData.
   * @throws what the function threw, or FunctionTimeoutError
   */
  async invoke(invocation: Invocation): Promise<TypedData | null | undefined> {
    const { name } = invocation.function.metadata;
    const invocationId = randomUUID();
    const log = this.#log.with({ function: name, invocation: invocationId });
    const started = this.#clock.now();
    const run = this.#run(invocation, invocationId, log);
    this.#running.add(run);
    void run.catch(() => undefined).finally(() => this.#running.delete(run));
    try {
      const value = await this.#withTimeout(name, run);
      log.debug('Function succeeded', { ms: this.#clock.now() - started });
      return value;
    } catch (thrown) {
      const error = ensureError(thrown);
      log.error('Function failed', { ms: this.#clock.now() - started, error: error.stack ?? error.message });
      throw error;
    }
  }

  /** As much of a time limit as one process can give: the call counts as failed, its code may run on. */
  async #withTimeout<Value>(name: string, run: Promise<Value>): Promise<Value> {
    const timeoutMs = this.#timeoutMs;
    if (timeoutMs === undefined) return run;
    const done = new AbortController();
    const limit = this.#clock.sleep(timeoutMs, done.signal).then(() => {
      throw new FunctionTimeoutError(name, timeoutMs);
    });
    limit.catch(() => undefined);
    return Promise.race([run, limit]).finally(() => done.abort(noLongerNeeded));
  }

  async #run(
    invocation: Invocation,
    invocationId: string,
    log: Logger,
  ): Promise<TypedData | null | undefined> {
    const { metadata, callback } = invocation.function;
    const model = this.#registry.model;
    if (!model) throw new AppError('functions-host/no-model', 'The app has set no programming model');
    const seen: { context?: unknown } = {};
    const core: CoreInvocationContext = {
      invocationId,
      metadata,
      request: {
        inputData: [{ name: invocation.bindingName, data: invocation.input }],
        triggerMetadata: invocation.triggerMetadata ?? {},
        ...(invocation.retry && { retryContext: invocation.retry }),
        ...(invocation.traceParent && { traceContext: { traceParent: invocation.traceParent } }),
      },
      log: (level, category, message) => this.#writeUserLog(log, level, category, message, seen.context),
      state: 'preInvocationHooks',
    };
    const invocationModel = await model.getInvocationModel(core);
    const { context, inputs } = await invocationModel.getArguments();
    seen.context = context;
    const hooks: Record<string, unknown> = {
      hookData: {},
      invocationContext: context,
      inputs,
      functionCallback: callback,
    };
    await this.#registry.runHooks('preInvocation', hooks);
    core.state = 'invocation';
    try {
      hooks['result'] = await invocationModel.invokeFunction(
        context,
        hooks['inputs'] as unknown[],
        hooks['functionCallback'] as typeof callback,
      );
    } catch (thrown) {
      hooks['error'] = thrown;
    }
    core.state = 'postInvocationHooks';
    await this.#registry.runHooks('postInvocation', hooks);
    if (hooks['error'] !== undefined && hooks['error'] !== null) throw ensureError(hooks['error']);
    const response = await invocationModel.getResponse(context, hooks['result']);
    return response.returnValue;
  }

  #writeUserLog(
    log: Logger,
    level: LogLevel,
    category: string,
    message: string,
    invocationContext: unknown,
  ): void {
    const hooked: Record<string, unknown> = { hookData: {}, level, category, message, invocationContext };
    void this.#registry
      .runHooks('log', hooked)
      .catch((thrown: unknown) => log.warn('A log hook failed', { error: ensureError(thrown).message }))
      .finally(() => writeLog(log, hooked['level'] as LogLevel, String(hooked['message'])));
  }
}
