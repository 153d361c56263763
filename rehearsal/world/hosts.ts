import type { Services } from '../../shared/pipeline/services';

/** The processes of the product, as on Flex Consumption: functions of their own have what they remember apart. */
export const hostNames = ['decide', 'apply', 'apply-bulk', 'timers', 'operations'] as const;
export type HostName = (typeof hostNames)[number];
export type Hosts = Readonly<Record<HostName, Services>>;
