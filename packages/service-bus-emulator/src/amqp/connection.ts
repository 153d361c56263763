import type { Socket } from 'node:net';
import { ensureError } from '../../../emulator-kit/src/errors';
import { AmqpError } from './amqp-error';
import { FrameReader } from './frame-reader';
import type { Frame } from './frame-reader';
import { FrameWriter, amqpHeader, saslHeader, toErrorValue } from './frame-writer';
import type { Link } from './link';
import { codes, readFrameBody } from './performatives';
import { AmqpReader } from './reader';
import { AmqpSession } from './session';
import type { SessionConnection } from './session';
import { array, map, nothing, string, symbol, ubyte, uint, ushort } from './value';

export type ConnectionOptions = {
  readonly containerId: string;
  /** A peer that sends nothing for this long (milliseconds) is dropped; half of it is what it is told. */
  readonly idleTimeoutMs: number;
  /** Decides about every link a client attaches: `accept` or `refuse`, now or later. */
  readonly route: (link: Link) => void;
  /** Runs before bytes leave, so that what they acknowledge is safe by then. */
  readonly beforeFlush: () => void;
  readonly onClosed: (connection: AmqpConnection) => void;
  readonly onProtocolError: (error: Error) => void;
};

/** As Azure announces it. */
const maxFrameSize = 65_536;
const channelMax = 4_999;
/** Stop handing out messages to a client that has this much unread, bytes. */
const congestion = 1_048_576;
/** How long a closed connection may take to hang up, milliseconds. */
const closeGraceMs = 1_000;

/**
 * What a client may still say on a channel, or of a link, that ended meanwhile: it is ignored, as by Microsoft's own
 * library (https://github.com/Azure/azure-amqp, OnReceiveSessionFrame in AmqpConnection.cs).
 */
const lateFrames: ReadonlySet<number> = new Set([codes.end, codes.detach]);

type Phase = 'header' | 'sasl' | 'amqpHeader' | 'frames' | 'closed';

/** The server's end of one AMQP connection: protocol headers, SASL, open and close, heartbeats, channels. */
export class AmqpConnection implements SessionConnection {
  readonly writer = new FrameWriter();
  remoteMaxFrameSize = maxFrameSize;
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #reader = new FrameReader(maxFrameSize);
  readonly #sessions = new Map<number, AmqpSession>();
  #phase: Phase = 'header';
  #isOpen = false;
  #flushScheduled = false;
  #idle: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #wroteSinceHeartbeat = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#forEachSession((session) => session.resume()));
    // The reason does not matter: 'close' follows, also when this side destroyed the socket.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#onSocketClosed());
    this.#watchIdle();
  }

  get route(): (link: Link) => void {
    return this.#options.route;
  }

  get isCongested(): boolean {
    return this.#socket.writableLength > congestion;
  }

  /** Tells the peer why and hangs up. */
  close(error?: AmqpError): void {
    if (this.#phase === 'closed') return;
    if (this.#isOpen) this.writer.frame(0, codes.close, error ? [toErrorValue(error)] : []);
    this.#end();
  }

  /** Hangs up without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Writes what has been collected, once the running work is through. */
  scheduleFlush(): void {
    if (this.#flushScheduled || this.#phase === 'closed') return;
    this.#flushScheduled = true;
    queueMicrotask(() => this.#flush());
  }

  removeSession(channel: number): void {
    this.#sessions.delete(channel);
  }

  #flush(): void {
    this.#flushScheduled = false;
    if (this.writer.isEmpty || this.#socket.destroyed) return;
    this.#options.beforeFlush();
    this.#wroteSinceHeartbeat = true;
    this.#socket.write(this.writer.take());
  }

  #onData(chunk: Buffer): void {
    if (this.#phase === 'closed') return;
    this.#idle?.refresh();
    this.#reader.push(chunk);
    try {
      while (this.#step());
    } catch (thrown) {
      const error =
        thrown instanceof AmqpError
          ? thrown
          : new AmqpError('amqp:internal-error', ensureError(thrown).message);
      this.#options.onProtocolError(ensureError(thrown));
      this.close(error);
    }
    this.#flush();
  }

  /** Handles the next header or frame; false: wait for more bytes. */
  #step(): boolean {
    if (this.#phase === 'closed') return false;
    if (this.#phase === 'header' || this.#phase === 'amqpHeader') {
      const header = this.#reader.takeHeader();
      if (header) this.#onHeader(header);
      return header !== undefined;
    }
    const frame = this.#reader.takeFrame();
    if (!frame) return false;
    if (frame.isSasl !== (this.#phase === 'sasl')) {
      throw new AmqpError('amqp:connection:framing-error', 'A SASL frame and an AMQP frame are mixed up');
    }
    if (frame.body.length > 0) this.#onFrame(frame);
    return true;
  }

  #onHeader(header: Buffer): void {
    if (header.equals(amqpHeader)) {
      this.writer.raw(amqpHeader);
      this.#phase = 'frames';
    } else if (this.#phase === 'header' && header.equals(saslHeader)) {
      this.writer.raw(saslHeader);
      const mechanisms = array('symbol', [symbol('MSSBCBS'), symbol('ANONYMOUS')]);
      this.writer.frame(0, codes.saslMechanisms, [mechanisms], true);
      this.#phase = 'sasl';
    } else {
      // AMQP 1.0 part 2, section 2.2: answer with the header that would have been understood, and hang up.
      this.writer.raw(saslHeader);
      this.#options.onProtocolError(new AmqpError('amqp:not-implemented', 'This is not AMQP 1.0'));
      this.#end();
    }
  }

  #onFrame(frame: Frame): void {
    const reader = new AmqpReader(frame.body);
    const body = readFrameBody(reader);
    if (this.#phase === 'sasl') {
      const isKnown = ['MSSBCBS', 'ANONYMOUS'].includes(body.fields.text(0) ?? '');
      if (body.code !== codes.saslInit) {
        throw new AmqpError('amqp:not-allowed', 'Expected sasl-init');
      }
      this.writer.frame(0, codes.saslOutcome, [ubyte(isKnown ? 0 : 1)], true);
      if (isKnown) this.#phase = 'amqpHeader';
      else this.#end();
      return;
    }
    switch (body.code) {
      case codes.open:
        this.#onOpen(body.fields.integer(2), body.fields.integer(4));
        return;
      case codes.close:
        this.close();
        return;
      case codes.begin:
        this.#onBegin(frame.channel, body.fields.required(1), body.fields.required(2));
        return;
      default: {
        const session = this.#sessions.get(frame.channel);
        if (!session) {
          if (lateFrames.has(body.code)) return;
          throw new AmqpError('amqp:connection:framing-error', `No session on channel ${frame.channel}`);
        }
        session.onFrame(body, frame.body.subarray(reader.position));
      }
    }
  }

  #onOpen(frameSize: number | undefined, idleTimeout: number | undefined): void {
    if (this.#isOpen) throw new AmqpError('amqp:illegal-state', 'The connection is open already');
    if (frameSize !== undefined && frameSize < 512) {
      throw new AmqpError('amqp:invalid-field', 'max-frame-size is below 512');
    }
    this.#isOpen = true;
    this.remoteMaxFrameSize = Math.min(frameSize ?? maxFrameSize, maxFrameSize);
    this.writer.frame(0, codes.open, [
      string(this.#options.containerId),
      nothing,
      uint(maxFrameSize),
      ushort(channelMax),
      uint(Math.ceil(this.#options.idleTimeoutMs / 2)),
      nothing,
      nothing,
      nothing,
      nothing,
      map([[symbol('product'), string('embedded-service-bus')]]),
    ]);
    if (idleTimeout !== undefined && idleTimeout > 0) this.#startHeartbeat(Math.max(10, idleTimeout / 2));
  }

  #onBegin(channel: number, nextOutgoingId: number, incomingWindow: number): void {
    if (!this.#isOpen) throw new AmqpError('amqp:illegal-state', 'begin before open');
    if (channel > channelMax || this.#sessions.has(channel)) {
      throw new AmqpError('amqp:not-allowed', `Channel ${channel} cannot be used`);
    }
    const session = new AmqpSession(this, channel, nextOutgoingId, incomingWindow);
    this.#sessions.set(channel, session);
  }

  #startHeartbeat(intervalMs: number): void {
    this.#heartbeat = setInterval(() => {
      if (!this.#wroteSinceHeartbeat) {
        this.writer.empty();
        this.#flush();
      }
      this.#wroteSinceHeartbeat = false;
    }, intervalMs / 2).unref();
  }

  #watchIdle(): void {
    this.#idle = setTimeout(() => {
      this.close(new AmqpError('amqp:resource-limit-exceeded', 'Nothing came within the idle time-out'));
    }, this.#options.idleTimeoutMs).unref();
  }

  #end(): void {
    this.#flush();
    this.#phase = 'closed';
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), closeGraceMs).unref();
    this.#releaseLinks();
  }

  #onSocketClosed(): void {
    clearTimeout(this.#idle);
    clearInterval(this.#heartbeat);
    this.#phase = 'closed';
    this.#releaseLinks();
    this.#options.onClosed(this);
  }

  #releaseLinks(): void {
    this.#forEachSession((session) => session.onConnectionLost());
    this.#sessions.clear();
  }

  #forEachSession(action: (session: AmqpSession) => void): void {
    for (const session of [...this.#sessions.values()]) action(session);
  }
}
