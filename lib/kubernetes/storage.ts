import type { ClaimVolume, ServiceSpec, Volume } from '../model/service-spec';
import { maxReplicas } from '../model/capacity';
import { formatSize } from '../model/quantities';
import { filesConfigMapName } from './env';
import type { ClaimSpec, Json, k8s, PodVolume, VolumeMount } from './json';
import { componentLabels } from './labels';
import type { ObjectSpec } from './object-spec';

/** Claims that all replicas of a service share. */
export function sharedClaims(spec: ServiceSpec): ObjectSpec[] {
  return claimsOf(spec, 'service').map((volume) => ({
    id: `claim-${volume.name}`,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    name: volume.claimName,
    labels: componentLabels(spec),
    fields: { spec: () => claimSpec(volume) },
  }));
}

/**
 * Claim templates, one claim for each replica. The list is compared as a whole, so all that the
 * server adds to a template is stated, its status too: else each apply would report a change.
 */
export function claimTemplates(spec: ServiceSpec): (Json<k8s.KubePersistentVolumeClaimProps> & { status: object })[] {
  return claimsOf(spec, 'replica').map((volume) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: volume.claimName, labels: componentLabels(spec) },
    spec: claimSpec(volume),
    status: { phase: 'Pending' },
  }));
}

function claimsOf(spec: ServiceSpec, per: ClaimVolume['per']): ClaimVolume[] {
  return spec.volumes.filter((v): v is ClaimVolume => v.kind === 'claim' && v.per === per);
}

function claimSpec(volume: ClaimVolume): ClaimSpec {
  return {
    accessModes: [volume.accessMode],
    resources: { requests: { storage: formatSize(volume.sizeMiB) } },
    ...(volume.storageClass === undefined ? {} : { storageClassName: volume.storageClass }),
    volumeMode: 'Filesystem',
  };
}

/**
 * True when several replicas share a ReadWriteOnce claim: block storage can be attached to one node
 * only, so the replicas have to stay together on it (decision D5).
 */
export function boundToOneNode(spec: ServiceSpec): boolean {
  return (
    spec.workload.kind === 'deployment' &&
    maxReplicas(spec) > 1 &&
    spec.volumes.some((v) => v.kind === 'claim' && v.per !== 'replica' && v.accessMode === 'ReadWriteOnce')
  );
}

/** Volumes of a pod. A StatefulSet's controller adds those of the claim templates by itself. */
export function podVolumes(volumes: readonly Volume[]): PodVolume[] {
  return volumes.flatMap((volume): PodVolume[] => {
    if (volume.kind === 'scratch') {
      const medium = volume.medium === 'memory' ? { medium: 'Memory' } : {};
      return [{ name: volume.name, emptyDir: { ...medium, sizeLimit: formatSize(volume.sizeMiB) } }];
    }
    if (volume.per === 'replica') return [];
    return [{ name: volume.name, persistentVolumeClaim: { claimName: volume.claimName } }];
  });
}

export function volumeMounts(volumes: readonly Volume[]): VolumeMount[] {
  return volumes.map((volume) => ({
    name: volume.kind === 'claim' && volume.per === 'replica' ? volume.claimName : volume.name,
    mountPath: volume.mountPath,
    ...(volume.kind === 'claim' && volume.readOnly ? { readOnly: true } : {}),
  }));
}

/** The key under which a configuration file stands in the ConfigMap. */
export function fileKey(path: string): string {
  return path.replace(/^\/+/, '').replaceAll('/', '_');
}

/** Configuration files, each mounted at its path by one volume for each directory. */
export function fileVolumes(spec: ServiceSpec): { volumes: PodVolume[]; mounts: VolumeMount[] } {
  const directories = new Map<string, string[]>();
  for (const { path } of spec.files) {
    const directory = path.slice(0, Math.max(1, path.lastIndexOf('/')));
    directories.set(directory, [...(directories.get(directory) ?? []), path]);
  }
  const volumes: PodVolume[] = [];
  const mounts: VolumeMount[] = [];
  for (const [index, [directory, paths]] of [...directories.entries()].entries()) {
    const name = `files-${index}`;
    const items = paths.map((path) => ({ key: fileKey(path), path: path.slice(path.lastIndexOf('/') + 1) }));
    volumes.push({ name, configMap: { name: filesConfigMapName(spec), items, defaultMode: 0o444 } });
    mounts.push({ name, mountPath: directory, readOnly: true });
  }
  return { volumes, mounts };
}
