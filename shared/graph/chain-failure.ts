import { GraphClientError } from '@microsoft/microsoft-graph-client';

/** `token`: none was to be had; `wire`: no answer; `link`: it leads elsewhere; `write`: only reads are let through. */
export type ChainStage = 'token' | 'wire' | 'link' | 'write';

/**
 * A failure inside the client's chain: no token, no answer, or not sent. It is a GraphClientError because that is the only
 * kind that the client passes on whole; every other error loses its cause there (GraphErrorHandler.js).
 */
export class ChainFailure extends GraphClientError {
  readonly stage: ChainStage;
  override readonly cause: Error;

  constructor(stage: ChainStage, cause: Error) {
    super(cause.message);
    // The parent's constructor sets its own prototype.
    Object.setPrototypeOf(this, ChainFailure.prototype);
    this.stage = stage;
    this.cause = cause;
  }
}
