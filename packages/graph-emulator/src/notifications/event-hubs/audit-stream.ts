import type { EngineContext } from '../../engine/context';
import { pickFrom } from '../../engine/settings';
import { toAuditRecord } from './audit-record';
import { HubSender } from './hub-sender';
import type { Hub } from './hub-sender';

type Held = { readonly body: unknown; readonly since: number };

/** Records that share an event. */
const perSend = 100;
/** Records that fall due within this time share an event. */
const gatherMs = 20;
const retryMs = 2_000;
const retryForMs = 4 * 3_600_000;

/** Streams the audit log to an event hub, as a diagnostic setting of Entra does: late, in order, and again until it is taken. */
export class AuditStream {
  private sender: Pick<HubSender, 'validate' | 'send' | 'close'> | undefined;
  private readonly due: Held[] = [];
  private isSending = false;
  private lastDue = 0;
  /** Set while it delivers: a run that streams nothing pays nothing for it. */
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly context: Pick<EngineContext, 'audit' | 'clock' | 'random' | 'settings' | 'tenant'>,
    private readonly toSender: (hub: Hub) => Pick<HubSender, 'validate' | 'send' | 'close'> = (hub) =>
      new HubSender(hub),
  ) {}

  /**
   * From now on records go there.
   * @throws GraphFault 400 when there is no client for it
   */
  async deliverTo(hub: Hub): Promise<void> {
    const sender = this.toSender(hub);
    await sender.validate();
    await this.remove();
    this.sender = sender;
    this.stopListening ??= this.context.audit.listen((audit) => this.onAudit(audit));
  }

  /** False: there was no hub. */
  async remove(): Promise<boolean> {
    const { sender } = this;
    this.sender = undefined;
    this.stopListening?.();
    this.stopListening = undefined;
    this.due.length = 0;
    await sender?.close();
    return sender !== undefined;
  }

  async stop(): Promise<void> {
    await this.remove();
  }

  private onAudit(audit: Readonly<{ [name: string]: unknown }>): void {
    const { sender, context } = this;
    if (sender === undefined) return;
    const { clock, random, settings, tenant } = context;
    const now = clock.now();
    const record = { body: toAuditRecord(audit, tenant.facts.tenantId), since: now };
    this.lastDue = Math.max(this.lastDue, now + pickFrom(settings.auditLogLatencyMs, random()));
    clock.schedule(this.lastDue, () => {
      if (this.sender !== sender) return;
      this.due.push(record);
      this.sendLater(gatherMs);
    });
  }

  private sendLater(ms: number): void {
    if (this.isSending) return;
    this.isSending = true;
    const { clock } = this.context;
    clock.schedule(clock.now() + ms, () => void this.send());
  }

  private async send(): Promise<void> {
    const { sender } = this;
    const records = this.due.splice(0, perSend);
    const isTaken = sender === undefined || (await sender.send(records.map(({ body }) => body)));
    this.isSending = false;
    // Where another hub, or none, has taken its place meanwhile, what is due now is that one's.
    const isHeld = !isTaken && this.sender === sender;
    const oldest = this.context.clock.now() - retryForMs;
    if (isHeld) this.due.unshift(...records.filter(({ since }) => since >= oldest));
    if (this.due.length > 0) this.sendLater(isHeld ? retryMs : 0);
  }
}
