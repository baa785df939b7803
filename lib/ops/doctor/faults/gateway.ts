import type { Fault, Found } from '../finding';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { ageOf, condition, isOurs, kubectl, ofKind, reapply, titleOf } from '../live';
import type { Condition, Gateway, HttpRoute } from '../objects';
import { distinct, oneLine } from '../text';

/** How long a controller may take, in milliseconds. */
const PATIENCE_MS = 120_000;

/** A Gateway of ours that no data plane serves. @see https://gateway-api.sigs.k8s.io/geps/gep-1364/ */
export const gatewayNotProgrammed: Fault = {
  code: 'TARS7329',
  title: 'a Gateway that nobody serves',
  why: 'Everything is well inside, and nobody outside gets in by it.',
  kubernetes: (snapshot) =>
    badGateways(snapshot).map(({ gateway, wrong }): Found => {
      const { name } = gateway.metadata;
      const isSeen = wrong.some(({ status }) => status === 'False');
      return {
        object: titleOf(gateway),
        rank: 'apart',
        components: [],
        affected: routes(snapshot)
          .filter((route) => parentsOf(route, snapshot).includes(name))
          .map(titleOf),
        message: isSeen ? 'it is not served as it should be' : 'no controller has taken it',
        evidence: wrong.length > 0 ? wrong.map(said) : ['its status says nothing of Programmed'],
        cause: isSeen
          ? 'its controller cannot do what it asks for, as the condition says'
          : `no controller of the GatewayClass ${gateway.spec.gatewayClassName ?? ''} runs, or there is no such class`,
        remedies: [
          kubectl(snapshot, `describe gateway ${name}`),
          'kubectl get gatewayclass',
          '# install the controller, mend what the condition names, or name another class in main.ts; tars synth, then',
          reapply(snapshot),
        ],
      };
    }),
};

/** An HTTPRoute of ours that its Gateway does not take, or whose servers it does not find. */
export const routeNotAccepted: Fault = {
  code: 'TARS7330',
  title: 'an HTTPRoute that its Gateway does not follow',
  why: 'Requests for its hosts find nobody, or are answered with 404 or 500.',
  kubernetes: (snapshot) => {
    const bad = badGateways(snapshot).map(({ gateway }) => gateway.metadata.name);
    return routes(snapshot)
      .filter((route) => isOld(route, snapshot) && !parentsOf(route, snapshot).some((name) => bad.includes(name)))
      .flatMap((route): Found[] => {
        const parents = route.status?.parents ?? [];
        const wrong = parents.flatMap(({ conditions }) => failed(conditions, ['Accepted', 'ResolvedRefs'], snapshot));
        if (parents.length > 0 && wrong.length === 0) return [];
        const refs = wrong.find(({ type }) => type === 'ResolvedRefs');
        return [
          {
            object: titleOf(route),
            rank: 'apart',
            components: [],
            message: refs === undefined ? 'no Gateway has accepted it' : 'what it leads to is not found',
            evidence: wrong.length > 0 ? distinct(wrong.map(said)) : ['its status names no parent'],
            cause:
              parents.length === 0
                ? 'the Gateway that it names is not there, or no controller serves it'
                : refs === undefined
                  ? 'the Gateway has no listener for it, or does not let it in'
                  : 'a Service or a port that it names is not there, or it may not lead to it',
            remedies: [
              kubectl(snapshot, `describe httproute ${route.metadata.name}`),
              '# mend what the condition names; then',
              reapply(snapshot),
            ],
          },
        ];
      });
  },
};

/** Gateways of ours, and others of the namespace that our routes name. */
function badGateways(
  snapshot: KubernetesSnapshot,
): readonly { readonly gateway: Gateway; readonly wrong: readonly Condition[] }[] {
  const named = routes(snapshot).flatMap((route) => parentsOf(route, snapshot));
  return ofKind(snapshot.objects, 'Gateway')
    .filter((gateway) => isOld(gateway, snapshot) && (isOurs(gateway) || named.includes(gateway.metadata.name)))
    .flatMap((gateway) => {
      const { conditions, listeners = [] } = gateway.status ?? {};
      const isProgrammed = condition(conditions, 'Programmed', 'True') !== undefined;
      const own = failed(conditions, ['Accepted', 'Programmed'], snapshot);
      const ofListeners = listeners.flatMap(({ name, conditions: of }) =>
        failed(of, ['Accepted', 'Programmed', 'ResolvedRefs'], snapshot).map((one) => ({
          ...one,
          type: `listener ${name}: ${one.type}`,
        })),
      );
      const wrong = [...own, ...ofListeners.filter(({ status }) => status === 'False')];
      const isUnsaid = !isProgrammed && conditions?.some(({ type }) => type === 'Programmed') !== true;
      return wrong.length > 0 || isUnsaid ? [{ gateway, wrong }] : [];
    });
}

/** Conditions that do not hold, and have not just changed. */
function failed(
  conditions: readonly Condition[] = [],
  types: readonly string[],
  { now }: KubernetesSnapshot,
): readonly Condition[] {
  return conditions.filter(
    ({ type, status, lastTransitionTime = '' }) =>
      types.includes(type) && status !== 'True' && !(now - Date.parse(lastTransitionTime) < PATIENCE_MS),
  );
}

function routes({ objects }: KubernetesSnapshot): readonly HttpRoute[] {
  return ofKind(objects, 'HTTPRoute').filter(isOurs);
}

/** Gateways of this namespace that a route names. */
function parentsOf({ spec }: HttpRoute, { namespace: here }: KubernetesSnapshot): readonly string[] {
  return (spec.parentRefs ?? [])
    .filter(({ kind = 'Gateway', namespace = here }) => kind === 'Gateway' && namespace === here)
    .map(({ name }) => name);
}

function isOld(object: Gateway | HttpRoute, { now }: KubernetesSnapshot): boolean {
  return ageOf(object, now) > PATIENCE_MS;
}

function said({ type, status, reason, message }: Condition): string {
  return oneLine(`${type}=${status}: ${reason ?? ''}: ${message ?? ''}`);
}
