import type { Fault } from '../finding';
import { componentOf, eventsOf, isOurs, kubectl, livePods, ofKind, ownerOf, titleOf } from '../live';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import type { Claim, Pod } from '../objects';
import { distinct, oneLine } from '../text';

const FAILED = ['ProvisioningFailed', 'FailedBinding'];

/** A claim that gets no volume. One that waits for its first pod is not wrong. */
export const claimPending: Fault = {
  code: 'TARS7305',
  title: 'a claim that gets no volume',
  why: 'A pod does not start before each of its claims is bound.',
  kubernetes: (snapshot) =>
    ofKind(snapshot.objects, 'PersistentVolumeClaim').flatMap((claim) => {
      const users = usersOf(claim, snapshot);
      if (claim.status?.phase === 'Lost') {
        return [
          {
            object: titleOf(claim),
            rank: 'cause' as const,
            components: users.map(componentOf),
            affected: users.map((pod) => ownerOf(pod, snapshot.objects)),
            message: 'it has lost its volume',
            evidence: [`phase Lost, volume ${claim.spec.volumeName ?? 'unknown'}`],
            cause: 'the volume that it was bound to is gone, and its data with it unless there is a copy',
            remedies: [kubectl(snapshot, `describe pvc ${claim.metadata.name}`)],
          },
        ];
      }
      if (claim.status?.phase !== 'Pending' || (!isOurs(claim) && users.length === 0)) return [];
      const said = eventsOf(claim, snapshot).find(({ reason }) => FAILED.includes(reason ?? ''));
      const classes = ofKind(snapshot.objects, 'StorageClass');
      const wanted = claim.spec.storageClassName;
      const known = classes.map(({ metadata }) => metadata.name);
      const isUnknown = wanted !== undefined && wanted !== '' && knowsClasses(snapshot) && !known.includes(wanted);
      if (said === undefined && !isUnknown) return [];
      const of = {
        rank: 'cause' as const,
        components: users.map(componentOf),
        evidence: distinct([
          `${titleOf(claim)}: phase Pending`,
          said && `${said.reason ?? ''}: ${oneLine(said.message)}`,
        ]),
      };
      const affected = users.map((pod) => ownerOf(pod, snapshot.objects));
      if (!isUnknown && /no storage class/.test(said?.message ?? '')) {
        return [
          {
            ...of,
            object: 'the default StorageClass',
            affected: [titleOf(claim), ...affected],
            message: 'there is none, and claims that name no class get no volume',
            cause: `no StorageClass of the cluster is marked as the default; it has ${known.join(', ') || 'none'}`,
            remedies: [
              'kubectl get storageclass',
              ...(known.length === 0
                ? ['# install whoever makes volumes here, a CSI driver for instance, with a StorageClass; then']
                : []),
              `kubectl annotate storageclass ${known[0] ?? 'NAME'} storageclass.kubernetes.io/is-default-class=true`,
            ],
          },
        ];
      }
      return [
        {
          ...of,
          object: titleOf(claim),
          affected,
          message: 'it gets no volume',
          cause: isUnknown
            ? `the cluster has no StorageClass "${wanted}"; it has ${known.join(', ') || 'none'}`
            : 'whoever makes volumes for its StorageClass could not make this one',
          remedies: isUnknown
            ? [
                'kubectl get storageclass',
                '# name one of them in main.ts (storageClass), then make the claim again: its class cannot be changed',
                kubectl(snapshot, `delete pvc ${claim.metadata.name}`),
                `kubectl apply -f ${snapshot.manifests}`,
              ]
            : [kubectl(snapshot, `describe pvc ${claim.metadata.name}`)],
        },
      ];
    }),
};

function knowsClasses({ unread }: KubernetesSnapshot): boolean {
  return !unread.includes('StorageClass');
}

function usersOf(claim: Claim, snapshot: KubernetesSnapshot): readonly Pod[] {
  return livePods(snapshot).filter((pod) =>
    (pod.spec.volumes ?? []).some(({ persistentVolumeClaim: one }) => one?.claimName === claim.metadata.name),
  );
}
