// What the real scheduler decides of one pod after the other.
import { setTimeout as sleep } from 'node:timers/promises';

const ZONE = 'topology.kubernetes.io/zone';

/** Volumes are made when a pod is placed, as a CSI driver does it: in the zone of the node, for claims of one node. */
export const STORAGE_CLASS = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'oracle', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'oracle.example/none',
  volumeBindingMode: 'WaitForFirstConsumer',
};

/**
 * Makes the pod and waits until the scheduler has said something about it.
 *
 * @returns {Promise<{ node: string | undefined, reason: string }>}
 */
export async function decided(api, pod, nodes) {
  const { name, namespace } = pod.metadata;
  await api.create(pod);
  for (const end = Date.now() + 300_000; Date.now() < end; await sleep(15)) {
    const { body } = await api.send('GET', `/api/v1/namespaces/${namespace}/pods/${name}`);
    if (body.spec?.nodeName) return { node: body.spec.nodeName, reason: '' };
    const condition = body.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (condition?.status === 'False') return { node: undefined, reason: condition.message };
    await provision(api, pod, nodes);
  }
  throw new Error(`the scheduler says nothing of ${namespace}/${name}`);
}

/** Makes the volumes that the scheduler has chosen a node for. */
export async function provision(api, pod, nodes) {
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/persistentvolumeclaims/${persistentVolumeClaim.claimName}`;
    const { body: claim } = await api.send('GET', path);
    const selected = claim.metadata?.annotations?.['volume.kubernetes.io/selected-node'];
    if (selected === undefined || claim.spec.volumeName !== undefined) continue;
    const zone = nodes.find((node) => node.name === selected)?.labels[ZONE];
    const isShared = claim.spec.accessModes.includes('ReadWriteMany');
    await api.create(volumeFor(claim, isShared ? undefined : zone));
  }
}

function volumeFor({ metadata, spec }, zone) {
  const inZone = { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${metadata.namespace}-${metadata.name}` },
    spec: {
      capacity: spec.resources.requests,
      accessModes: spec.accessModes,
      storageClassName: spec.storageClassName,
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
      },
      hostPath: { path: '/nowhere' },
      ...(zone === undefined ? {} : { nodeAffinity: { required: inZone } }),
    },
  };
}
