import type { BrokerQueue } from './broker';

/** Functions that are processes of their own on Flex Consumption, by what they do here. */
export const functionGroups = ['decide', 'apply', 'timers', 'http'] as const;
export type FunctionGroup = (typeof functionGroups)[number];
/** Which of them takes the messages of a queue. */
export const groupOf: Readonly<Record<BrokerQueue, FunctionGroup>> = {
  'directory-changes': 'decide',
  'license-changes': 'apply',
  'license-changes-bulk': 'apply',
  'operator-requests': 'timers',
};
