/** A record as diagnostic settings stream it, of a change of this user. `properties`: over its own. */
export function auditRecord(
  operationName: string,
  tenantId: string,
  targetResources: readonly unknown[],
  { properties = {}, ...extra }: Readonly<Record<string, unknown>> & { readonly properties?: object } = {},
) {
  return {
    time: '2026-01-01T00:00:00.0000000Z',
    resourceId: `/tenants/${tenantId}/providers/Microsoft.aadiam`,
    operationName,
    operationVersion: '1.0',
    category: 'AuditLogs',
    tenantId,
    resultSignature: 'None',
    durationMs: 0,
    callerIpAddress: '192.0.2.1',
    correlationId: crypto.randomUUID(),
    identity: 'Microsoft Azure AD Connect',
    level: 'Informational',
    properties: {
      id: `Directory_${crypto.randomUUID()}`,
      category: 'UserManagement',
      result: 0,
      resultReason: '',
      activityDisplayName: operationName,
      activityDateTime: '2026-01-01T00:00:00.0000000Z',
      loggedByService: 'Core Directory',
      targetResources,
      additionalDetails: [],
      ...properties,
    },
    ...extra,
  };
}

/** A user as a target. */
export const userTarget = (id: string, modifiedProperties: readonly unknown[] = []) => ({
  id,
  displayName: null,
  type: 'User',
  userPrincipalName: 'nora@contoso.example',
  modifiedProperties,
});

/** A group as a target. */
export const groupTarget = (id: string) => ({
  id,
  displayName: 'SG',
  type: 'Group',
  modifiedProperties: [],
});

/** How a membership names its group: among what changed of the member. */
export const inGroup = (id: string, side: 'newValue' | 'oldValue' = 'newValue') => ({
  displayName: 'Group.ObjectID',
  oldValue: null,
  newValue: null,
  [side]: `"${id}"`,
});
