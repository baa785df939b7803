import type { Fault } from '../finding';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { condition, isOurs, kubectl, livePods, ofKind, ownerOf, isReady, titleOf } from '../live';
import type { Autoscaler } from '../objects';
import { oneLine } from '../text';

/** How long metrics of new pods may take, in milliseconds. */
const FIRST_METRICS_MS = 60_000;

/** An autoscaler that sees nothing, and so does nothing. */
export const noMetrics: Fault = {
  code: 'TARS7315',
  title: 'an autoscaler without metrics',
  why: 'The number of replicas stays as it is, whatever the load.',
  kubernetes: (snapshot) =>
    ofKind(snapshot.objects, 'HorizontalPodAutoscaler')
      .filter(isOurs)
      .flatMap((autoscaler) => {
        const conditions = autoscaler.status?.conditions;
        const inactive = condition(conditions, 'ScalingActive', 'False');
        const unable = condition(conditions, 'AbleToScale', 'False');
        const said = unable?.reason === 'FailedGetScale' ? unable : inactive;
        if (said === undefined || said.reason === 'ScalingDisabled') return [];
        const isAbsent = snapshot.metricsServed === false;
        // Where nobody serves any, waiting does not help.
        if (!isAbsent && isYoung(autoscaler, snapshot)) return [];
        return [
          {
            object: titleOf(autoscaler),
            rank: 'apart' as const,
            components: [],
            message: 'it gets no metrics, and scales nothing',
            evidence: [`${said.type}=${said.status}, ${said.reason ?? ''}: ${oneLine(said.message)}`],
            cause:
              said === unable
                ? 'what it is to scale does not exist'
                : isAbsent
                  ? 'nobody in the cluster serves metrics.k8s.io: there is no metrics server, or it does not answer'
                  : 'the metrics that it asks for are not served, or its pods make no request of that resource',
            remedies: isAbsent
              ? [
                  'kubectl get apiservice v1beta1.metrics.k8s.io',
                  'kubectl apply -f https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml',
                ]
              : [kubectl(snapshot, `describe hpa ${autoscaler.metadata.name}`), 'kubectl top pods --all-namespaces'],
          },
        ];
      }),
};

/** Just after a start there are none yet; of pods that are not ready others speak. */
function isYoung({ spec: { scaleTargetRef } }: Autoscaler, snapshot: KubernetesSnapshot): boolean {
  const target = `${scaleTargetRef.kind}/${scaleTargetRef.name}`;
  const pods = livePods(snapshot).filter((pod) => ownerOf(pod, snapshot.objects) === target);
  const isSettled = pods.some(
    (pod) => isReady(pod) && snapshot.now - readySince(pod.status?.conditions) > FIRST_METRICS_MS,
  );
  return pods.length > 0 && !isSettled;
}

function readySince(conditions: Parameters<typeof condition>[0]): number {
  return Date.parse(condition(conditions, 'Ready', 'True')?.lastTransitionTime ?? '');
}
