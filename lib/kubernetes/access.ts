import { kubernetesName } from '../model/define-service';
import type { ServiceSpec } from '../model/service-spec';
import { hasFeature } from '../model/versions';
import type { ServiceJson } from './json';
import { componentLabels, selectorLabels } from './labels';
import type { ModelSource, ObjectSpec } from './object-spec';

/** The Kubernetes Services in front of a component's pods. */
export function accessObjects(spec: ServiceSpec, model: ModelSource): ObjectSpec[] {
  const { access } = spec;
  if (spec.ports.length === 0) return [];
  const objects: ObjectSpec[] = [];
  if (access.kind !== 'none')
    objects.push(serviceObject(spec, 'service', kubernetesName(spec), () => mainSpec(spec, model)));
  if (access.headlessName !== undefined) {
    objects.push(serviceObject(spec, 'service-headless', access.headlessName, () => headlessSpec(spec)));
  }
  return objects;
}

function serviceObject(spec: ServiceSpec, id: string, name: string, produce: () => ServiceJson): ObjectSpec {
  return { id, apiVersion: 'v1', kind: 'Service', name, labels: componentLabels(spec), fields: { spec: produce } };
}

function mainSpec(spec: ServiceSpec, model: ModelSource): ServiceJson {
  const { access } = spec;
  if (access.kind === 'headless') return headlessSpec(spec);
  const distribution = hasFeature(model().settings.kubernetesMinor, 'trafficDistribution')
    ? access.trafficDistribution
    : undefined;
  return {
    type: access.kind === 'load-balancer' ? 'LoadBalancer' : 'ClusterIP',
    selector: selectorLabels(spec),
    ports: ports(spec),
    ...(access.sessionAffinity || access.balancing === 'ip-hash'
      ? { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } }
      : {}),
    ...(access.kind === 'load-balancer' && access.allowedCidrs.length > 0
      ? {
          loadBalancerSourceRanges: access.allowedCidrs,
          // Else the node that a request reaches may hide who sent it, and the policy of the pod asks who.
          externalTrafficPolicy: 'Local',
        }
      : {}),
    ...(distribution === undefined ? {} : ({ trafficDistribution: distribution } as object)),
  };
}

function headlessSpec(spec: ServiceSpec): ServiceJson {
  return {
    type: 'ClusterIP',
    clusterIP: 'None',
    selector: selectorLabels(spec),
    ports: ports(spec),
    // A StatefulSet's replicas find each other before they are ready.
    ...(spec.workload.kind === 'stateful-set' ? { publishNotReadyAddresses: true } : {}),
  };
}

function ports(spec: ServiceSpec): NonNullable<ServiceJson['ports']> {
  return spec.ports.map((p) => ({ name: p.name, port: p.number, targetPort: p.name, protocol: p.protocol }));
}
