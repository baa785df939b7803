import type { ClaimVolume, ConfigFile, ScratchVolume, Volume } from '../model/service-spec';
import type { Answer, FieldTable, Fragment } from './answer';
import { answer, needless, notice, rendered } from './answer';
import { volumeName } from './names';
import type { ServiceContext } from './service-context';
import { bindMount } from './service-context';

/** What Docker mounts there by itself; its size is the service's shm_size. */
const SHARED_MEMORY = '/dev/shm';

export const CLAIM: FieldTable<ClaimVolume, ServiceContext> = {
  kind: () => needless('a named volume'),
  name: () => needless('in the key of the volume'),
  mountPath: () => needless('composeMountPath'),
  sizeMiB: () => notice('limit the size of a volume', "the engine's local driver has no quota: keep an eye on the disk"),
  accessMode: () => needless('one machine: every container can mount a volume'),
  storageClass: () => needless('the local driver of the engine'),
  per: (claim, { spec }) =>
    claim.per === 'replica' && spec.workload.kind !== 'cron-job' && manyReplicas(spec.workload.scale)
      ? notice('give each replica a volume of its own', 'the replicas of a service share its volumes: run one there')
      : needless('one volume for all replicas'),
  claimName: () => needless('the key of the volume where the claim exists already'),
  composeMountPath: (claim, context) =>
    rendered({
      volumes: [
        {
          type: 'volume',
          source: claimVolumeName(claim, context),
          target: claim.composeMountPath,
          ...(claim.readOnly ? { read_only: true } : {}),
        },
      ],
    }),
  readOnly: () => needless('in the mount'),
};

export const SCRATCH: FieldTable<ScratchVolume, ServiceContext> = {
  kind: () => needless('chooses the table'),
  name: () => needless('in the key of the volume'),
  mountPath: (scratch, context) => rendered(scratchMount(scratch, context)),
  sizeMiB: () => needless('in the mount'),
  medium: () => needless('composeStorage'),
  composeStorage: () => needless('in the mount'),
};

export const CONFIG_FILE: FieldTable<ConfigFile, ServiceContext> = {
  path: (file, { spec }) => rendered({ volumes: [bindMount(`./${configFilePath(spec.composeName, file)}`, file.path)] }),
  // Compose refuses inline configs for a service with a read-only root.
  content: () => needless('written beside the Compose file'),
};

/** Where a configuration file lies, relative to the Compose file. */
export function configFilePath(composeName: string, file: ConfigFile): string {
  return `files/${composeName}${file.path}`;
}

/** The answers of each volume's own table. */
export function volumeAnswers(volumes: readonly Volume[], context: ServiceContext): Answer[] {
  return volumes.flatMap((volume) =>
    volume.kind === 'claim' ? answer(CLAIM, volume, context) : answer(SCRATCH, volume, context),
  );
}

/** Key of a claim's named volume. A claim that exists already may be shared, by its own name. */
export function claimVolumeName(claim: ClaimVolume, { spec }: Pick<ServiceContext, 'spec'>): string {
  return claim.per === 'existing' ? claim.claimName : volumeName(spec, claim.name);
}

/** Keys of the named volumes that the service mounts. */
export function namedVolumes(context: Pick<ServiceContext, 'spec'>): string[] {
  return context.spec.volumes.flatMap((volume) => {
    if (volume.kind === 'claim') return [claimVolumeName(volume, context)];
    return volume.composeStorage === 'volume' ? [volumeName(context.spec, volume.name)] : [];
  });
}

function scratchMount(scratch: ScratchVolume, { spec }: ServiceContext): Fragment {
  if (scratch.composeStorage === 'volume') {
    return { volumes: [{ type: 'volume', source: volumeName(spec, scratch.name), target: scratch.mountPath }] };
  }
  if (scratch.mountPath === SHARED_MEMORY) return { shm_size: `${scratch.sizeMiB}m` };
  // 1777 as an emptyDir: whoever the processes run as may write.
  return { tmpfs: [`${scratch.mountPath}:size=${scratch.sizeMiB}m,mode=1777`] };
}

function manyReplicas(scale: Extract<ServiceContext['spec']['workload'], { scale: unknown }>['scale']): boolean {
  return scale.kind === 'auto' || scale.replicas > 1;
}
