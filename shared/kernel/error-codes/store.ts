/** Tables, queues and the write quota. */
export const storeErrors = {
  'store/absent': 'The product is not deployed here: there are no tables to write to.',
  'store/changed-meanwhile': 'Another process changed the row first; read it again and start over.',
  'store/endpoint': 'The address of the table service is no URL, or is not reached over https.',
  'store/forbidden': 'The identity may not use the tables: it needs the role Storage Table Data Contributor.',
  'store/no-etag': 'The table service confirmed a write and gave no ETag for the row.',
  'store/no-token': 'No token for the table service could be had; the same call may succeed later.',
  'store/refused': 'The table service refused the request, and would refuse it again.',
  'store/timed-out': 'The table service took longer than a request may take.',
  'store/transaction-too-large': 'A change of one user takes more operations than a transaction holds (100).',
  'store/unavailable': 'The table service did not answer, or is busy; the same call may succeed later.',
  'store/unreadable-row': 'A row does not hold what it should: it is damaged, or was changed by hand.',
  'store/unreadable-user': 'A row of this user does not hold what it should, so the user cannot be handled.',
  'store/unwritable-value': 'A value could not be read back from its row, so it is not stored.',
  'store/value-too-large': 'A value has more characters than a row can hold.',
  'intake/unknown-state':
    'Whether the client state of an event is the app’s own is not known yet; the event comes again.',
  'queue/bad-duration': 'The broker gave a duration that is not ISO 8601.',
  'queue/not-allowed':
    'The identity may not look at the queue: it needs the role Azure Service Bus Data Owner.',
  'queue/refused': 'Service Bus refused the message, and would refuse it again.',
  'queue/too-large': 'A message is larger than the queue takes.',
  'queue/unavailable': 'Service Bus did not take the message; the same call may succeed later.',
  'queue/unreachable': 'The queue cannot be looked at now; the same call may succeed later.',
  'quota/impossible': 'More writes were asked for at once than one slice of the quota can hold.',
} as const;
