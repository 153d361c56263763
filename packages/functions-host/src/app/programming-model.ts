/**
 * The shapes that pass between a Functions host and `@azure/functions`: what the worker's core module
 * (`@azure/functions-core`) offers to the library, and what the library gives back.
 * Source: the `src/` folder that `@azure/functions` 4 ships, and
 * https://github.com/Azure/azure-functions-language-worker-protobuf (FunctionRpc.proto, TypedData).
 */
export type TypedData = {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly http?: HttpData;
  readonly collectionString?: { readonly string: readonly string[] };
  readonly collectionBytes?: { readonly bytes: readonly Uint8Array[] };
};

export type HttpData = {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: TypedData | null;
  /** Decimal text, in answers only. */
  readonly statusCode?: string;
  readonly cookies?: readonly HttpCookie[];
};

type Nullable<Value> = { readonly value?: Value } | null | undefined;

export type HttpCookie = {
  readonly name?: string;
  readonly value?: string;
  readonly domain?: Nullable<string>;
  readonly path?: Nullable<string>;
  readonly expires?: Nullable<{ readonly seconds?: number }>;
  readonly secure?: Nullable<boolean>;
  readonly httpOnly?: Nullable<boolean>;
  readonly sameSite?: string | null;
  /** Seconds. */
  readonly maxAge?: Nullable<number>;
};

export type BindingInfo = {
  readonly type?: string | null;
  readonly direction?: string | null;
} & Readonly<Record<string, unknown>>;

/** Whole seconds: the library rounds (src/converters/toRpcDuration.ts). */
export type RpcDuration = { readonly seconds?: number };

export type RetryOptions = {
  readonly retryStrategy?: 'fixedDelay' | 'exponentialBackoff';
  /** -1: without end. */
  readonly maxRetryCount?: number;
  readonly delayInterval?: RpcDuration;
  readonly minimumInterval?: RpcDuration;
  readonly maximumInterval?: RpcDuration;
};

export type FunctionMetadata = {
  readonly name: string;
  readonly bindings: Readonly<Record<string, BindingInfo>>;
  readonly retryOptions?: RetryOptions | undefined;
};

export type FunctionCallback = (...args: unknown[]) => unknown;
export type HookCallback = (context: Record<string, unknown>) => unknown;
export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type LogCategory = 'user' | 'system' | 'customMetric';

export type RetryContext = {
  readonly retryCount: number;
  readonly maxRetryCount: number;
  readonly exception?: { readonly message: string; readonly stackTrace?: string };
};

export type CoreInvocationContext = {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  readonly request: {
    readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
    readonly triggerMetadata: Readonly<Record<string, TypedData>>;
    readonly retryContext?: RetryContext;
    readonly traceContext?: { readonly traceParent: string };
  };
  readonly log: (level: LogLevel, category: LogCategory, message: string) => void;
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';
};

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(
    context: unknown,
    result: unknown,
  ): Promise<{ returnValue?: TypedData | null; outputData?: readonly { name: string; data: TypedData }[] }>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(
    capabilities: Record<string, string>,
  ): Record<string, string> | Promise<Record<string, string>>;
}
