type Json = Readonly<Record<string, unknown>>;

/**
 * An event of the audit log as diagnostic settings send it: Graph's own answer with the result as a number, in the envelope of
 * Azure Monitor. https://learn.microsoft.com/entra/identity/monitoring-health/howto-stream-logs-to-event-hub, and records seen
 * in public.
 * @param audit in the shape of https://learn.microsoft.com/graph/api/resources/directoryaudit
 */
export function toAuditRecord(audit: Json, tenantId: string): Json {
  const { activityDisplayName, activityDateTime, correlationId, result, initiatedBy } = audit;
  return {
    time: activityDateTime,
    resourceId: `/tenants/${tenantId}/providers/Microsoft.aadiam`,
    operationName: activityDisplayName,
    operationVersion: '1.0',
    category: 'AuditLogs',
    tenantId,
    resultSignature: 'None',
    durationMs: 0,
    correlationId,
    identity: (initiatedBy as { readonly app: { readonly displayName: string } }).app.displayName,
    level: 'Informational',
    properties: { ...audit, result: result === 'success' ? 0 : 1 },
  };
}
