import { TableClient } from '@azure/data-tables';
import { systemClock } from '../../../shared/kernel/clock';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { LeasedWriteQuota } from '../../../shared/quota/leased-write-quota';
import { QuotaRowStore } from '../../../shared/quota/quota-row-store';
import { AzureTable } from '../../../shared/store/tables/table-access';
import type { TableAccess } from '../../../shared/store/tables/table-access';
import type { Azurite } from '../azurite';
import { ManualClock } from '../manual-clock';

/** Writes per second. */
export const rate = 16;
const limits = { ceilingPerSecond: rate, floorPerSecond: 2 };
let rows = 0;

/** The quotas of several processes on one row of a real table; their clock is the test's. */
export class QuotaWorld {
  readonly clock = new ManualClock();
  /** Each world has a row of its own. */
  readonly rowKey = `row-${String(++rows)}`;
  /** Calls over the wire. */
  calls = 0;
  #underWay = 0;
  #processes = 0;

  constructor(private readonly azurite: Azurite) {}

  makeClient(): TableClient {
    return new TableClient(this.azurite.endpoint, 'quota', this.azurite.credential, {
      allowInsecureConnection: true,
      retryOptions: { maxRetries: 0 },
    });
  }

  /** One process's quota. */
  makeQuota(): LeasedWriteQuota {
    const { clock } = this;
    const tools = () => ({ random: seededRandom(rows), logger: silentLogger });
    const table = this.#counted({ ...tools(), clock: systemClock, budgetMs: 120_000 });
    const store = new QuotaRowStore(table, this.rowKey, { ...tools(), clock });
    return new LeasedWriteQuota(store, limits, {
      clock,
      random: seededRandom(++this.#processes),
      logger: silentLogger,
    });
  }

  /** Until nothing more happens at this moment of the test's clock. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet = this.#underWay === 0 ? quiet + 1 : 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Moves the clock by `ms`, in steps. */
  async pass(ms: number, step = 50): Promise<void> {
    await this.settle();
    for (let passed = 0; passed < ms; passed += step) {
      this.clock.advance(step);
      await this.settle();
    }
  }

  /** Counts the calls that go over the wire, so that a test knows when none is under way. */
  #counted(tools: ConstructorParameters<typeof AzureTable>[1]): TableAccess {
    const count = async <Result>(call: Promise<Result>): Promise<Result> => {
      this.calls++;
      this.#underWay++;
      try {
        return await call;
      } finally {
        this.#underWay--;
      }
    };
    class CountedTable extends AzureTable {
      override get(partitionKey: string, rowKey: string) {
        return count(super.get(partitionKey, rowKey));
      }
      override write(...args: Parameters<TableAccess['write']>) {
        return count(super.write(...args));
      }
    }
    return new CountedTable(this.makeClient(), tools);
  }
}
