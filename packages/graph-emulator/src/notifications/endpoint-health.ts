import type { LocalClock } from '../engine/local-clock';
import type { Settings } from '../engine/settings';

const windowMs = 10 * 60_000;
const slowShare = 0.1;
const dropShare = 0.15;

export type EndpointState = 'healthy' | 'slow' | 'drop';

/**
 * How fast an endpoint answered in the last 10 minutes: over 10 % slow answers delays what is sent to it, over 15 %
 * loses it. https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export class EndpointHealth {
  private readonly answers: { readonly at: number; readonly isSlow: boolean }[] = [];

  constructor(
    private readonly clock: LocalClock,
    private readonly settings: Settings,
  ) {}

  note(tookMs: number): void {
    this.answers.push({ at: this.clock.now(), isSlow: tookMs >= this.settings.notificationTimeoutMs });
  }

  state(): EndpointState {
    const from = this.clock.now() - windowMs;
    while (this.answers[0] && this.answers[0].at < from) this.answers.shift();
    if (this.answers.length < this.settings.notificationSampleMinimum) return 'healthy';
    const share = this.answers.filter(({ isSlow }) => isSlow).length / this.answers.length;
    if (share > dropShare) return 'drop';
    return share > slowShare ? 'slow' : 'healthy';
  }
}
