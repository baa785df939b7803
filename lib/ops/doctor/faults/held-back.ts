import type { Fault } from '../finding';
import { componentOf, kubectl, livePods, ofKind, ownerOf, titleOf, workloads } from '../live';
import { distinct, oneLine } from '../text';
import { isHeldBackBy } from '../held-back';

/** A StatefulSet that was mended, and its broken pod was not. */
export const heldBack: Fault = {
  code: 'TARS7327',
  title: 'a StatefulSet that waits for a broken pod of an earlier version',
  why: 'By `OrderedReady` its controller goes on only when each pod is ready, and replaces none that is not: the version that mends it never comes to it.',
  kubernetes: (snapshot) => {
    const sets = workloads(snapshot).flatMap((one) => ofKind([one], 'StatefulSet'));
    return sets.flatMap((set) =>
      livePods(snapshot)
        .filter((pod) => ownerOf(pod, snapshot.objects) === titleOf(set) && isHeldBackBy(set, pod, snapshot.now))
        .map((pod) => ({
          object: titleOf(set),
          rank: 'cause' as const,
          components: distinct([componentOf(pod)]),
          message: `its new version waits for ${titleOf(pod)}, which is of an earlier one and broken`,
          evidence: (pod.status?.containerStatuses ?? []).map(({ name, ready, state }) =>
            oneLine(
              `${titleOf(pod)}: container ${name} ${state?.waiting?.reason ?? (ready === true ? 'is ready' : 'is not ready')}`,
            ),
          ),
          cause: 'a StatefulSet replaces no pod that is not ready, so the new version does not come to it by itself',
          remedies: [kubectl(snapshot, `delete pod ${pod.metadata.name}`)],
        })),
    );
  },
};
