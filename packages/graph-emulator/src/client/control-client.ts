/**
 * The embedded cloud's own view of what happened, which is what a demo and the tests judge by: Graph's write log
 * and counters, and the broker's counters. Never what the product says of itself.
 */
export type WriteLogEntry = {
  readonly seq: number;
  /** Milliseconds, the embedded Graph's clock, when the write was committed. */
  readonly at: number;
  readonly method: string;
  readonly kind: 'assignLicense' | 'usageLocation' | 'other';
  readonly userId: string;
  readonly status: number;
  /** The user's state really changed. */
  readonly effective: boolean;
  readonly add?: readonly { readonly skuId: string; readonly disabledPlans: readonly string[] }[];
  readonly remove?: readonly string[];
  readonly usageLocation?: string;
  /** What the user held when it was over; null: there is no such user. */
  readonly after?: {
    readonly directLicenses: readonly {
      readonly skuId: string;
      readonly disabledPlans: readonly string[];
    }[];
  } | null;
  /** Resource units of every request about this user so far, this one included. */
  readonly units: number;
};

export type GraphState = {
  readonly now: number;
  /** Users of the tenant. */
  readonly users: number;
  /** The number of the newest entry of the write log; 0: it is empty. */
  readonly lastWrite: number;
  readonly counters: {
    readonly requests: number;
    readonly resourceUnits: number;
    readonly writes: number;
    readonly throttled: number;
  };
};

export type SyncedUser = {
  readonly id: string;
  readonly userPrincipalName: string;
  /** Milliseconds, the embedded Graph's clock: from then on a read shows the user. */
  readonly readableAt: number;
};

/** One round of directory sync: joiners, people who changed department, people who left. */
export type SyncWave = {
  readonly users: readonly SyncedUser[];
  readonly movers: readonly {
    readonly id: string;
    readonly userPrincipalName: string;
    readonly from: string;
    readonly to: string;
  }[];
  readonly leavers: readonly { readonly id: string; readonly userPrincipalName: string }[];
};

export type SyncCounts = {
  readonly users: number;
  readonly movers?: number;
  readonly leavers?: number;
  readonly seed: number;
};

/** A week of the tenant's own; what is not given follows from its size and age. */
export type WeekCounts = Partial<Omit<SyncCounts, 'seed'>> & Pick<SyncCounts, 'seed'>;

export type QueueCounters = {
  readonly sent: number;
  /** Deliveries, repeated ones included. */
  readonly received: number;
  readonly completed: number;
  readonly abandoned: number;
  readonly lockLost: number;
  readonly deadLettered: number;
  readonly active: number;
  readonly locked: number;
  readonly scheduledNow: number;
};

async function call<Answer>(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  if (!response.ok)
    throw new Error(`${init?.method ?? 'GET'} ${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** Where a running Graph emulator is, and the key that it was started with; absent: none. */
export type ControlledGraph = { readonly origin: string; readonly controlKey?: string };

/** Headers of a request that changes something under /_local. */
export function controlHeaders({ controlKey }: Pick<ControlledGraph, 'controlKey'>): Record<string, string> {
  return {
    'content-type': 'application/json',
    ...(controlKey === undefined ? {} : { 'x-licenser-control': controlKey }),
  };
}

export type ControlApi = {
  graphState(): Promise<GraphState>;
  writeLog(after: number): Promise<readonly WriteLogEntry[]>;
  /** A directory sync that brings this many new users. */
  sync(request: { users: number; seed: number }): Promise<readonly SyncedUser[]>;
  /** The same with movers and leavers, drawn from the synced users of the tenant. */
  syncWave(counts: SyncCounts): Promise<SyncWave>;
  /** Joiners, movers and leavers who are like the people of the tenant. */
  syncWeek(counts: WeekCounts): Promise<SyncWave>;
  queueCounters(): Promise<Readonly<Record<string, QueueCounters>>>;
};

/**
 * A client of the control API of a running Graph emulator and of the counters of a running broker.
 * `brokerOrigin` is that of the management port.
 */
export function makeControlApi(graph: ControlledGraph, brokerOrigin: string): ControlApi {
  const graphOrigin = graph.origin;
  const post = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: controlHeaders(graph),
    body: JSON.stringify(body),
  });
  return {
    graphState: () => call(`${graphOrigin}/_local/state`),
    writeLog: async (after) =>
      (await call<{ entries: WriteLogEntry[] }>(`${graphOrigin}/_local/write-log?after=${after}`)).entries,
    sync: async (request) => (await call<SyncWave>(`${graphOrigin}/_local/sync`, post(request))).users,
    syncWave: (counts) => call(`${graphOrigin}/_local/sync`, post(counts)),
    syncWeek: (counts) => call(`${graphOrigin}/_local/week`, post(counts)),
    queueCounters: async () =>
      (await call<{ queues: Record<string, QueueCounters> }>(`${brokerOrigin}/_local/counters`)).queues,
  };
}
