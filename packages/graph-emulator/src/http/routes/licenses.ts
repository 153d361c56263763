import { resourceNotFound } from '../../engine/graph-fault';
import { viewLicenseDetails, viewSubscribedSku } from '../../engine/licensing/license-views';
import { refuseOthers, entity } from '../answers';
import type { Route } from '../graph-request';
import { pickSelected } from '../pick-selected';
import { roles } from './roles';
import { seeUser } from './user-reads';

/** assignLicense, reprocessLicenseAssignment and licenseDetails. */
export const licenseRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/subscribedSkus',
    units: 3,
    roles: roles.readSkus,
    handle: (engine, request) => {
      refuseOthers(request.options, ['$select']);
      const value = [...engine.tenant.skus.values()].map((sku) =>
        pickSelected(viewSubscribedSku(engine, sku), request.options, 'subscribedSku'),
      );
      return {
        status: 200,
        body: { '@odata.context': `${request.linkBase}/$metadata#subscribedSkus`, value },
      };
    },
  },
  {
    method: 'GET',
    pattern: '/subscribedSkus/{id}',
    units: 1,
    roles: roles.readSkus,
    handle: (engine, request, params) => {
      refuseOthers(request.options, ['$select']);
      const { tenantId } = engine.tenant.facts;
      const sku = [...engine.tenant.skus.values()].find(({ skuId }) => `${tenantId}_${skuId}` === params.id);
      if (!sku) throw resourceNotFound(params.id ?? '');
      const view = pickSelected(viewSubscribedSku(engine, sku), request.options, 'subscribedSku');
      return entity(request, 'subscribedSkus', view);
    },
  },
  {
    method: 'GET',
    pattern: '/users/{id}/licenseDetails',
    units: 2,
    roles: roles.readLicenseDetails,
    handle: (engine, request, params) => {
      refuseOthers(request.options, ['$select']);
      const { user, version } = seeUser(engine, params.id ?? '');
      const value = viewLicenseDetails(engine, user.id, version).map((view) =>
        pickSelected(view, request.options, 'licenseDetails'),
      );
      const context = `${request.linkBase}/$metadata#users('${user.id}')/licenseDetails`;
      return { status: 200, body: { '@odata.context': context, value } };
    },
  },
];
