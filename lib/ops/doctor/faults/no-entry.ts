import type { Fault, Found } from '../finding';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { ageOf, eventsOf, isOurs, kubectl, ofKind, reapply, titleOf } from '../live';
import { distinct, oneLine } from '../text';

/** How long a cloud may take for a load balancer, in milliseconds. */
const PATIENCE_MS = 120_000;
const CLOUD_EVENTS = ['EnsuringLoadBalancer', 'SyncLoadBalancerFailed', 'AllocationFailed', 'UpdateLoadBalancerFailed'];

/** A way in from outside that nobody in the cluster serves. */
export const noEntry: Fault = {
  code: 'TARS7326',
  title: 'a way in from outside that nobody serves',
  why: 'Everything is well inside, and nobody outside gets in.',
  kubernetes: (snapshot) => [...withoutAddress(snapshot), ...withoutClass(snapshot)],
};

/** Services of type LoadBalancer that nobody gives an address. */
function withoutAddress(snapshot: KubernetesSnapshot): Found[] {
  return ofKind(snapshot.objects, 'Service')
    .filter(({ spec, status }) => spec.type === 'LoadBalancer' && (status?.loadBalancer?.ingress ?? []).length === 0)
    .filter((service) => isOurs(service) && ageOf(service, snapshot.now) > PATIENCE_MS)
    .flatMap((service): Found[] => {
      const events = eventsOf(service, snapshot).filter(({ reason }) => CLOUD_EVENTS.includes(reason ?? ''));
      const failed = events.find(({ reason }) => reason !== 'EnsuringLoadBalancer');
      // Somebody is at it, and has not said that he cannot.
      if (events.length > 0 && failed === undefined) return [];
      return [
        {
          object: titleOf(service),
          rank: 'apart',
          components: [],
          message: 'its load balancer has no address',
          evidence: distinct([
            'status.loadBalancer is empty',
            failed && `${failed.reason ?? ''}: ${oneLine(failed.message)}`,
          ]),
          cause:
            failed === undefined
              ? 'nobody in this cluster makes load balancers: it has no cloud controller, nor MetalLB or the like'
              : 'whoever makes load balancers in this cluster could not make this one',
          remedies: [
            kubectl(snapshot, `describe service ${service.metadata.name}`),
            '# or choose another exposure in main.ts: an Ingress, a Gateway, a node port; tars synth, then',
            reapply(snapshot),
          ],
        },
      ];
    });
}

/** Ingresses of a class that the cluster does not have: no controller looks at them. */
function withoutClass(snapshot: KubernetesSnapshot): Found[] {
  if (snapshot.unread.includes('IngressClass')) return [];
  const known = ofKind(snapshot.objects, 'IngressClass').map(({ metadata }) => metadata.name);
  const lost = ofKind(snapshot.objects, 'Ingress').filter(
    (ingress) =>
      isOurs(ingress) && ingress.spec.ingressClassName !== undefined && !known.includes(ingress.spec.ingressClassName),
  );
  return distinct(lost.map(({ spec }) => spec.ingressClassName)).map((name) => {
    const own = lost.filter(({ spec }) => spec.ingressClassName === name);
    return {
      object: `IngressClass/${name}`,
      rank: 'apart',
      components: [],
      affected: own.map(titleOf),
      message: 'Ingresses name it, and it does not exist',
      evidence: own.map((ingress) => `${titleOf(ingress)}: ingressClassName ${name}`),
      cause: `no Ingress controller of this class is installed; the cluster has ${known.join(', ') || 'no class'}`,
      remedies: [
        'kubectl get ingressclass',
        '# install the controller, or name a class that is there in main.ts; tars synth, then',
        reapply(snapshot),
      ],
    };
  });
}
