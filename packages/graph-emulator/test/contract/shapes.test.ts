// Shapes against Microsoft's own types: tsc checks that every name below is one of theirs, the tests that answers have it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  DirectoryAudit,
  Group,
  LicenseAssignmentState,
  LicenseDetails,
  Organization,
  ServicePlanInfo,
  SubscribedSku,
  Subscription,
  User,
} from '@microsoft/microsoft-graph-types';
import { groupProperties, userProperties } from '../../src/engine/users/directory-properties';
import { viewSubscription } from '../../src/notifications/subscription';
import { add, startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph, Json } from '../support/embedded-graph';

/** Fails to compile when a name is not a property of the type. */
const namesOf =
  <Type>() =>
  (...names: (keyof Required<Type>)[]): string[] =>
    names.map(String).sort();

const names = {
  subscribedSku: namesOf<SubscribedSku>()(
    'id',
    'accountId',
    'accountName',
    'appliesTo',
    'capabilityStatus',
    'consumedUnits',
    'prepaidUnits',
    'servicePlans',
    'skuId',
    'skuPartNumber',
    'subscriptionIds',
  ),
  servicePlan: namesOf<ServicePlanInfo>()(
    'servicePlanId',
    'servicePlanName',
    'provisioningStatus',
    'appliesTo',
  ),
  licenseDetails: namesOf<LicenseDetails>()('id', 'skuId', 'skuPartNumber', 'servicePlans'),
  state: namesOf<LicenseAssignmentState>()(
    'assignedByGroup',
    'disabledPlans',
    'error',
    'lastUpdatedDateTime',
    'skuId',
    'state',
  ),
  subscription: namesOf<Subscription>()(
    'id',
    'applicationId',
    'changeType',
    'clientState',
    'creatorId',
    'encryptionCertificate',
    'encryptionCertificateId',
    'expirationDateTime',
    'includeResourceData',
    'latestSupportedTlsVersion',
    'lifecycleNotificationUrl',
    'notificationQueryOptions',
    'notificationUrl',
    'notificationUrlAppId',
    'resource',
  ),
  audit: namesOf<DirectoryAudit>()(
    'id',
    'activityDateTime',
    'activityDisplayName',
    'additionalDetails',
    'category',
    'correlationId',
    'initiatedBy',
    'loggedByService',
    'operationType',
    'result',
    'resultReason',
    'targetResources',
  ),
};

let graph: EmbeddedGraph;
let id: string;
beforeAll(async () => {
  graph = await startEmbeddedGraph();
  id = graph.newUser();
  await graph.call('POST', `/users/${id}/assignLicense`, add('EMS'));
});
afterAll(() => graph.stop());

const first = async (path: string): Promise<Json> => (await graph.call('GET', path)).body.value[0];
const keys = (value: Json) =>
  Object.keys(value as object)
    .filter((name) => !name.includes('@'))
    .sort();

describe('shapes', () => {
  it('subscribedSku, licenseDetails and their plans', async () => {
    const sku = await first('/subscribedSkus');
    const details = await first(`/users/${id}/licenseDetails`);

    expect(keys(sku)).toEqual(names.subscribedSku);
    expect(keys(sku.servicePlans[0])).toEqual(names.servicePlan);
    expect(keys(sku.prepaidUnits)).toEqual(['enabled', 'lockedOut', 'suspended', 'warning']);
    expect(keys(details)).toEqual(names.licenseDetails);
    expect(keys(details.servicePlans[0])).toEqual(names.servicePlan);
  });

  it('licenseAssignmentState and assignedLicense', async () => {
    const { body } = await graph.call(
      'GET',
      `/users/${id}?$select=licenseAssignmentStates,assignedLicenses,assignedPlans,provisionedPlans`,
    );

    expect(keys(body.licenseAssignmentStates[0])).toEqual(names.state);
    expect(keys(body.assignedLicenses[0])).toEqual(['disabledPlans', 'skuId']);
    expect(keys(body.assignedPlans[0])).toEqual([
      'assignedDateTime',
      'capabilityStatus',
      'service',
      'servicePlanId',
    ]);
    expect(keys(body.provisionedPlans[0])).toEqual(['capabilityStatus', 'provisioningStatus', 'service']);
  });

  it('directoryAudit', async () => {
    expect(keys(await first('/auditLogs/directoryAudits'))).toEqual(names.audit);
  });

  it('subscription', () => {
    const view = viewSubscription({
      id: 'x',
      resource: 'users',
      target: { kind: 'user', id: undefined },
      changeTypes: ['updated'],
      notificationUrl: 'http://127.0.0.1/',
      lifecycleNotificationUrl: null,
      clientState: null,
      applicationId: 'a',
      expiresAt: 0,
      authorizedUntil: Infinity,
    });

    expect(keys(view)).toEqual(names.subscription);
  });

  it('organization', async () => {
    const isKnown: Required<
      Pick<
        Organization,
        | 'id'
        | 'displayName'
        | 'countryLetterCode'
        | 'verifiedDomains'
        | 'onPremisesSyncEnabled'
        | 'tenantType'
      >
    > = await first('/organization');

    expect(isKnown.verifiedDomains?.[0]).toMatchObject({ name: 'contoso.com', isDefault: true });
  });

  it('every property of users and groups can be selected at once', async () => {
    const ofUser = namesOf<User>()(
      'assignedLicenses',
      'businessPhones',
      'displayName',
      'employeeOrgData',
      'id',
      'licenseAssignmentStates',
      'onPremisesExtensionAttributes',
      'proxyAddresses',
      'usageLocation',
      'userType',
    );
    const ofGroup = namesOf<Group>()(
      'assignedLicenses',
      'displayName',
      'groupTypes',
      'hasMembersWithLicenseErrors',
      'id',
      'licenseProcessingState',
      'securityEnabled',
    );
    const user = await graph.call('GET', `/users/${id}?$select=${Object.keys(userProperties).join(',')}`);
    const group = await graph.call(
      'GET',
      `/groups/${graph.engine.tenant.groupOrder[0]?.id}?$select=${Object.keys(groupProperties).join(',')}`,
    );

    expect(keys(user.body)).toEqual(Object.keys(userProperties).sort());
    expect(keys(user.body)).toEqual(expect.arrayContaining(ofUser));
    expect(keys(group.body)).toEqual(expect.arrayContaining(ofGroup));
  });
});
