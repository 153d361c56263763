import type { EngineContext } from '../context';
import { GraphFault, malformedRequest } from '../graph-fault';
import type { Settings } from '../settings';
import type { TokenSeal } from './sealed-token';

/** Where a delta round stands; encodes the query it was begun with. */
export type DeltaState = {
  readonly kind: 'user' | 'group';
  /** `full`: walking over everything; `log`: walking over the changes. */
  readonly mode: 'full' | 'log';
  /** Next position in the creation order, or the last sequence number told. */
  readonly at: number;
  /** Members of the group at `at` that were told already. */
  readonly inner?: number;
  /** Where this round ends and the next one begins: a sequence number. */
  readonly until: number;
  readonly select: readonly string[] | null;
  readonly ids: readonly string[] | null;
  /** When the token was issued (ms). */
  readonly issuedAt: number;
};

type Sealed = DeltaState & { readonly epoch: string; readonly generation: number };

/** Tokens of one life of the change log; `reset` makes all earlier ones void. */
export class DeltaTokens {
  private generation = 0;

  constructor(
    private readonly seal: TokenSeal,
    private readonly epoch: string,
  ) {}

  write(state: DeltaState): string {
    return this.seal.seal({ ...state, epoch: this.epoch, generation: this.generation });
  }

  /**
   * https://learn.microsoft.com/graph/delta-query-overview
   * @throws GraphFault 400 for what is no token; `syncStateNotFound` for one that has expired; 410 `resyncRequired`
   *   with a Location after a reset
   */
  read(context: EngineContext, text: string, kind: 'user' | 'group', resyncUrl: string): DeltaState {
    const opened = this.seal.open(text) as Sealed | undefined;
    if (!opened || opened.kind !== kind) throw malformedRequest('Badly formed token.');
    const { settings } = context;
    const age = context.clock.now() - opened.issuedAt;
    const isTooOld = age > settings.deltaTokenDays * 24 * 3_600_000;
    if (opened.epoch !== this.epoch || isTooOld || !context.changes.reachesBackTo(positionOf(opened))) {
      throw lostPosition(settings);
    }
    if (opened.generation !== this.generation) {
      throw new GraphFault(410, 'resyncRequired', 'Resync required. Start a full synchronization.', {
        location: resyncUrl,
      });
    }
    return opened;
  }

  /** A $skiptoken, which lasts less long than the deltatoken at the end of its round. Throws as `read` does. */
  readPageToken(context: EngineContext, text: string, kind: 'user' | 'group', resyncUrl: string): DeltaState {
    const state = this.read(context, text, kind, resyncUrl);
    if (context.clock.now() - state.issuedAt > context.settings.deltaPageTokenMinutes * 60_000) {
      throw expiredPageToken();
    }
    return state;
  }

  /** The service orders everybody to start anew. */
  reset(): void {
    this.generation += 1;
  }
}

/** The last change that the caller knows, or will know when the walk over everything is through. */
function positionOf({ mode, at, until }: DeltaState): number {
  return mode === 'full' ? until : at;
}

/** https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/2254 */
function expiredPageToken(): GraphFault {
  return new GraphFault(
    400,
    'Directory_ExpiredPageToken',
    'The specified page token value has expired and can no longer be included in your request.',
  );
}

/** The wordings in which a position that Graph no longer knows has been told. */
function lostPosition({ lostPositionAs, expiredDeltaStatus }: Settings): GraphFault {
  const text = 'The sync state generation is not found. Start a full synchronization.';
  switch (lostPositionAs) {
    case 'syncStateNotFound':
      return new GraphFault(expiredDeltaStatus, 'syncStateNotFound', text);
    case 'expiredPageToken':
      return expiredPageToken();
    case 'syncStateText':
      // https://devblogs.microsoft.com/microsoft365dev, 2020-07-03
      return malformedRequest(text);
    case 'notFound':
      return new GraphFault(404, 'ResourceNotFound', 'Resource not found.');
  }
}
