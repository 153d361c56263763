import type { AmqpEntry } from '../amqp/value';
import type { Broker } from '../engine/broker';
import type { Queue } from '../engine/queue';
import type { Arguments } from './arguments';

/** What one $management request asks, and of which queue. */
export type OperationContext = {
  readonly broker: Broker;
  readonly queue: Queue;
  readonly args: Arguments;
  /** The connection that asks: sessions belong to one. */
  readonly connection: object;
};

/** Carries out one request. Returns the entries of the answer's body; undefined: there is nothing (status 204). */
export type Operation = (context: OperationContext) => readonly AmqpEntry[] | undefined;
