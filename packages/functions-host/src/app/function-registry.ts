import { UserError } from '../../../emulator-kit/src/errors';
import type { Logger } from '../../../emulator-kit/src/logger';
import { writeLog } from '../host-log';
import type {
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  LogCategory,
  LogLevel,
  ProgrammingModel,
} from './programming-model';

export type RegisteredFunction = {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
};

const hookNames = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'];
const functionName = /^[A-Za-z][\w-]{0,127}$/;

/** What an app registered while it was loaded: functions, hooks and its programming model. */
export class FunctionRegistry {
  readonly functions = new Map<string, RegisteredFunction>();
  model: ProgrammingModel | undefined;
  readonly #hooks = new Map<string, Set<HookCallback>>();
  readonly #log: Logger;
  #closed = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** From now on a registration is an error, as in Azure once the app has started. */
  close(): void {
    this.#closed = true;
  }

  /** Runs the hooks of one name in the order of their registration; each may change the shared context. */
  async runHooks(name: string, context: Record<string, unknown>): Promise<void> {
    for (const hook of this.#hooks.get(name) ?? []) await hook(context);
  }

  /** The module that `require('@azure/functions-core')` gives while the app is loaded and runs. */
  coreApi(): Readonly<Record<string, unknown>> {
    return {
      version: 'local',
      hostVersion: '4.0.0',
      setProgrammingModel: (model: ProgrammingModel) => {
        this.model = model;
      },
      getProgrammingModel: () => this.model,
      registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
        this.#register(metadata, callback),
      registerHook: (name: string, callback: HookCallback) => this.#registerHook(name, callback),
      log: (level: LogLevel, category: LogCategory, message: string) =>
        writeLog(this.#log.with({ category }), level, message),
      Disposable,
    };
  }

  #register(metadata: FunctionMetadata, callback: FunctionCallback): InstanceType<typeof Disposable> {
    const { name } = metadata;
    if (this.#closed) {
      throw new UserError('functions-host/late-registration', `Function "${name}" was registered too late`, {
        hint: 'Register functions while the entry files named by "main" in package.json are loaded.',
      });
    }
    if (!functionName.test(name)) {
      throw new UserError('functions-host/bad-name', `"${name}" cannot be the name of a function`, {
        hint: 'A name starts with a letter, then letters, digits, "_" and "-", 128 characters at most.',
      });
    }
    const taken = [...this.functions.keys()].some((other) => other.toLowerCase() === name.toLowerCase());
    if (taken) {
      throw new UserError('functions-host/duplicate-name', `Two functions are named "${name}"`, {
        hint: 'Names of functions differ in more than upper and lower case.',
      });
    }
    this.functions.set(name, { metadata, callback });
    return new Disposable(() => {
      if (!this.#closed) this.functions.delete(name);
    });
  }

  #registerHook(name: string, callback: HookCallback): InstanceType<typeof Disposable> {
    if (!hookNames.includes(name)) throw new RangeError(`There is no hook "${name}"`);
    const hooks = this.#hooks.get(name) ?? new Set();
    hooks.add(callback);
    this.#hooks.set(name, hooks);
    return new Disposable(() => hooks.delete(callback));
  }
}

class Disposable {
  readonly #onDispose: () => void;

  constructor(onDispose: () => void) {
    this.#onDispose = onDispose;
  }

  dispose(): void {
    this.#onDispose();
  }
}
