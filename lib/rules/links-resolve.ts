import { show } from '../model/issues';
import type { SystemModel } from '../model/system-model';
import { findTarget } from '../model/system-model';
import type { Endpoint } from '../model/endpoint';
import type { Rule } from './rule';

/** A link or a route that leads to nothing. */
export const linksResolve: Rule = {
  name: 'links lead somewhere',
  check: (model) => {
    const uses = [
      ...model.services.flatMap((s) => s.links.map((link) => ({ path: s.path, endpoint: link.endpoint }))),
      ...model.exposures.flatMap((e) =>
        e.routes.map((r, i) => ({ path: `${e.path}.routes[${i}].to`, endpoint: r.endpoint })),
      ),
    ];
    return uses.flatMap(({ path, endpoint }) => {
      const target = findTarget(model, endpoint);
      if (target === undefined) {
        return [
          {
            code: 'TARS2001' as const,
            severity: 'error' as const,
            path,
            message: 'a link to nothing',
            given: describe(endpoint),
            allowed: allowed(model, endpoint),
            remedy: 'declare the service and the port, or correct the name',
          },
        ];
      }
      if (target.kind !== 'service' || target.spec.access.kind !== 'none') return [];
      return [
        {
          code: 'TARS2001' as const,
          severity: 'error' as const,
          path,
          message: 'a link to a service without a Kubernetes Service in front of it',
          given: `${describe(endpoint)}, whose access.kind is "none"`,
          allowed: 'access.kind "cluster-ip", "headless" or "load-balancer"',
          remedy: `give ${target.spec.path} an access kind`,
        },
      ];
    });
  },
};

function describe(endpoint: Endpoint): string {
  return `port ${show(endpoint.port)} of service ${show(endpoint.service)} in ${show(endpoint.system)}`;
}

function allowed(model: SystemModel, endpoint: Endpoint): string {
  const service = model.services.find((s) => s.chart === endpoint.system && s.name === endpoint.service);
  if (service !== undefined)
    return `ports of ${service.path}: ${service.ports.map((p) => p.name).join(', ') || 'none'}`;
  const names = [...model.services, ...model.externals].filter((s) => s.chart === endpoint.system).map((s) => s.name);
  return names.length > 0 ? `services there: ${names.join(', ')}` : 'a service of this system';
}
