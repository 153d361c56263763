import type { ServicePlanId } from '../../kernel/ids';
import type { LearntConflicts } from '../decision';

/**
 * Service plans that exclude one another, and plans that need others, as Microsoft publishes them. Common ones only:
 * Microsoft says that the tables are not kept up for new services, so what Graph answers is learnt besides.
 *
 * Exclusions: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference (2025-07-14), "Service
 * plans that cannot be assigned at the same time". Its prose adds Exchange Online Plan 2 against Plan 1. All Entra ID
 * plans may be held together.
 * Dependencies: https://learn.microsoft.com/entra/identity/users/licensing-groups-resolve-problems (Workplace
 * Analytics), and SHAREPOINT_PROJECT as Graph's own refusals name it.
 */
const exclusiveServices: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Dynamics CRM': {
    CRMPLAN1: '119cf168-b6cf-41fb-b82e-7fee7bae5814',
    CRMPLAN2: 'bf36ca64-95c6-4918-9275-eb9f4ce2c04f',
    CRMSTANDARD: 'f9646fb2-e3b2-4309-95de-dc4833737456',
    DYN365_ENTERPRISE_P1_IW: '056a5f80-b4e0-4983-a8be-7ad254a113c9',
    DYN365_ENTERPRISE_SALES: '2da8e897-7791-486b-b08f-cc63c8129df7',
    DYN365_ENTERPRISE_TEAM_MEMBERS: '6a54b05e-4fab-40e7-9828-428db3b336fa',
    EMPLOYEE_SELF_SERVICE: 'ba5f0cfa-d54a-4ea0-8cf4-a7e1dc4423d8',
  },
  'Exchange Online': {
    EXCHANGE_B_STANDARD: '90927877-dcff-4af6-b346-2332c0b15bb7',
    EXCHANGE_S_ARCHIVE: 'da040e0a-b393-4bea-bb76-928b3fa1cf5a',
    EXCHANGE_S_DESKLESS: '4a82b400-a79f-41a4-b4e2-e94f5787b113',
    EXCHANGE_S_ESSENTIALS: '1126bef5-da20-4f07-b45e-ad25d2581aa8',
    EXCHANGE_S_STANDARD: '9aaf7827-d63c-4b61-89c3-182f06f82e5c',
    EXCHANGE_S_STANDARD_MIDMARKET: 'fc52cc4b-ed7d-472d-bbe7-b081c23ecc56',
  },
  'Microsoft 365': {
    RMS_S_ENTERPRISE: 'bea4c11e-220a-4e6d-8eb8-8ea15d019f90',
    RMS_S_ENTERPRISE_GOV: '6a76346d-5d6e-4051-9fe3-ed3f312b5597',
  },
  Intune: {
    INTUNE_A: 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5',
    INTUNE_A_VL: '3e170737-c728-4eae-bbb9-3f3360f7184c',
    INTUNE_B: '2dc63b8a-df3d-448f-b683-8655877c9360',
  },
  'SharePoint Online': {
    ONEDRIVEENTERPRISE: 'afcafa6a-d966-4462-918c-ec0b4e0fe642',
    SHAREPOINT_S_DEVELOPER: 'a361d6e2-509e-4e25-a8ad-950060064ef4',
    SHAREPOINTDESKLESS: '902b47e5-dcb2-4fdc-858b-c63a90a2bdb9',
    SHAREPOINTENTERPRISE: '5dbe027f-2339-4123-9542-606e4d348a72',
    SHAREPOINTENTERPRISE_EDU: '63038b2c-28d0-45f6-bc36-33062963b498',
    SHAREPOINTENTERPRISE_MIDMARKET: '6b5b6a67-fc72-4a1f-a2b5-beecf05de761',
    SHAREPOINTLITE: 'a1f3d0a8-84c0-4ae0-bae4-685917b8ab48',
    SHAREPOINTSTANDARD: 'c7699d2e-19aa-44de-8edf-1736da088ca1',
    SHAREPOINTSTANDARD_EDU: '0a4983bb-d3e5-4a09-95d8-b2d0127b3df5',
    SHAREPOINTSTANDARD_YAMMERSHADOW: '4c9efd0c-8de7-4c71-8295-9f5fdb0dd048',
  },
  'Skype for Business': {
    MCOIMP: 'afc06cb0-b4f4-4473-8286-d644f70d8faf',
    MCOSTANDARD_MIDMARKET: 'b2669e95-76ef-4e7e-a367-002f60a39f3e',
    MCOSTANDARD: '0feaeb32-d00e-4d66-bd5a-43b5b83db82c',
    MCOLITE: '70710b6b-3ab4-4a38-9f6d-9f169461650a',
  },
  'Skype for Business PSTN': {
    MCOPSTN1: '4ed3ff63-69d7-4fb7-b984-5aec7f605ca8',
    MCOPSTN2: '5a10155d-f5c1-411a-a8ec-e99aae125390',
    MCOPSTN5: '54a152dc-90de-4996-93d2-bc47e670fc06',
  },
  Yammer: {
    YAMMER_ENTERPRISE: '7547a3fe-08ee-4ccb-b430-5077c5041653',
    YAMMER_EDU: '2078e8df-cff6-4290-98cb-5408261a760a',
    YAMMER_MIDSIZE: '41bf139a-4e60-409f-9346-a1361efc6dfb',
  },
  'Exchange Online, Plan 2 against Plan 1': {
    EXCHANGE_S_ENTERPRISE: 'efb87545-963c-4e0d-99df-69c6916d9eb0',
    EXCHANGE_S_STANDARD: '9aaf7827-d63c-4b61-89c3-182f06f82e5c',
  },
};

const exchange = {
  EXCHANGE_S_STANDARD: '9aaf7827-d63c-4b61-89c3-182f06f82e5c',
  EXCHANGE_S_ENTERPRISE: 'efb87545-963c-4e0d-99df-69c6916d9eb0',
  EXCHANGE_S_STANDARD_GOV: 'e9b4930a-925f-45e2-ac2a-3f7788ca6fdd',
  EXCHANGE_S_ENTERPRISE_GOV: '8c3069c0-ccdb-44be-ab77-986203a67df2',
};

const prerequisites: readonly { plan: string; anyOf: readonly string[] }[] = [
  // SHAREPOINT_PROJECT needs SHAREPOINTENTERPRISE
  { plan: 'fe71d6c3-a2ea-4499-9778-da042bf08063', anyOf: ['5dbe027f-2339-4123-9542-606e4d348a72'] },
  // WORKPLACE_ANALYTICS (two ids) needs Exchange Online Plan 1 or 2
  { plan: '3d957427-ecdc-4df2-aacd-01cc9d519da8', anyOf: Object.values(exchange) },
  { plan: 'f477b0f0-3bb1-4890-940c-40fcee6ce05f', anyOf: Object.values(exchange) },
];

export const microsoftConflicts: LearntConflicts = {
  conflicts: Object.values(exclusiveServices).flatMap((plans) => toPairs(Object.values(plans))),
  dependencies: prerequisites.map(({ plan, anyOf }) => ({
    plan: plan as ServicePlanId,
    anyOf: anyOf.map((id) => id as ServicePlanId),
  })),
};

function toPairs(ids: readonly string[]): (readonly [ServicePlanId, ServicePlanId])[] {
  return ids.flatMap((a, i) =>
    ids.slice(i + 1).map((b) => [a as ServicePlanId, b as ServicePlanId] as const),
  );
}

/** Both together: what is published, and what was learnt from Graph's answers. */
export function mergeConflicts(...parts: readonly LearntConflicts[]): LearntConflicts {
  return {
    conflicts: parts.flatMap((part) => part.conflicts),
    dependencies: parts.flatMap((part) => part.dependencies),
    unassignable: parts.flatMap((part) => part.unassignable ?? []),
  };
}
