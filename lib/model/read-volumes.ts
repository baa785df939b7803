import type { IssueCollector } from './issues';
import { show } from './issues';
import { isDnsLabel } from './names';
import { PropsReader } from './props-reader';
import { parseCpuMillis, parseSizeMiB, CPU_FORMAT, SIZE_FORMAT } from './quantities';
import type { FileProps, GpuProps, ResourcesProps, VolumeProps } from './service-props';
import type { ConfigFile, Gpu, Resources, Volume, Workload } from './service-spec';
import { holdsSecret, isEnvValue } from './value';

/** Reads the places for files. */
export function readVolumes(
  items: readonly unknown[],
  service: { kubernetesName: string; workload: Workload['kind'] },
  issues: IssueCollector,
): Volume[] {
  const volumes = items.map((item, index) => readVolume(item as VolumeProps, service, issues.at(index)));
  volumes.forEach((volume, index) => {
    const first = volumes.findIndex((v) => v.name === volume.name || v.mountPath === volume.mountPath);
    if (first === index) return;
    issues.at(index).add({
      code: 'TARS1014',
      message: `the volume repeats volumes[${first}]`,
      given: `${volume.name} at ${volume.mountPath}`,
      allowed: 'each name and each path once',
      remedy: 'remove one of them or give it another name and path',
    });
  });
  return volumes;
}

function readVolume(
  props: VolumeProps,
  service: { kubernetesName: string; workload: Workload['kind'] },
  issues: IssueCollector,
): Volume {
  const reader = new PropsReader<VolumeProps>(props, issues, {
    name: true,
    mountPath: true,
    kind: true,
    size: true,
    accessMode: true,
    storageClass: true,
    per: true,
    claimName: true,
    composeMountPath: true,
    keepOnCompose: true,
  });
  const name = reader.requiredString('name', 'volume');
  if (!isDnsLabel(name)) {
    reader.at('name').add({
      code: 'TARS1003',
      message: 'the name of a volume is not a DNS label',
      given: show(name),
      allowed: 'lower-case letters, digits and "-"',
      remedy: 'choose another name',
    });
  }
  const mountPath = reader.requiredString('mountPath', `/${name}`);
  checkAbsolute(reader.at('mountPath'), mountPath);
  const kind = reader.oneOf('kind', ['claim', 'scratch', 'memory'], 'claim');
  const sizeMiB = reader.quantity('size', parseSizeMiB, SIZE_FORMAT);
  if (kind !== 'claim') {
    return {
      kind: 'scratch',
      name,
      mountPath,
      sizeMiB: sizeMiB ?? 64,
      medium: kind === 'memory' ? 'memory' : 'disk',
      composeStorage: reader.boolean('keepOnCompose', false) ? 'volume' : 'tmpfs',
    };
  }
  const per = reader.oneOf(
    'per',
    ['service', 'replica', 'existing'],
    service.workload === 'stateful-set' ? 'replica' : 'service',
  );
  return {
    kind: 'claim',
    name,
    mountPath,
    sizeMiB: sizeMiB ?? 1024,
    accessMode: reader.oneOf('accessMode', ['ReadWriteOnce', 'ReadWriteMany'], 'ReadWriteOnce'),
    storageClass: reader.string('storageClass'),
    per,
    claimName: reader.string('claimName', per === 'replica' ? name : `${service.kubernetesName}-${name}`),
    composeMountPath: reader.string('composeMountPath', mountPath),
    readOnly: false,
  };
}

/** Says that a path is not absolute, where it is not. */
export function checkAbsolute(issues: IssueCollector, path: string): void {
  if (/^\/[^:\0]*$/.test(path) && path !== '/' && !path.split('/').includes('..')) return;
  issues.add({
    code: 'TARS1014',
    message: 'not an absolute path in the container',
    given: show(path),
    allowed: 'a path that starts with "/", without ".." and ":"',
    remedy: 'write the whole path, e.g. "/app/data"',
  });
}

/** Reads the configuration files. */
export function readFiles(items: readonly unknown[], issues: IssueCollector): ConfigFile[] {
  return items.map((item, index) => {
    const at = issues.at(index);
    const reader = new PropsReader<FileProps>(item as FileProps, at, { path: true, content: true });
    const path = reader.requiredString('path', `/file-${index}`);
    checkAbsolute(reader.at('path'), path);
    const content = reader.raw('content');
    if (!isEnvValue(content) || content.value.kind !== 'text' || holdsSecret(content.value)) {
      reader.at('content').add({
        code: 'TARS1002',
        message: 'the content of a file is a text without secrets',
        given: show(content),
        allowed: 'EnvValue.fromValue(...), or EnvValue.concat(...) of texts and endpoints',
        remedy: 'give secrets to the process as environment variables',
      });
      return { path, content: { kind: 'text', parts: [''] } };
    }
    return { path, content: content.value };
  });
}

/** Reads what one replica may use; limits default to the larger of the usual and the request. */
export function readResources(props: ResourcesProps | undefined, issues: IssueCollector): Resources {
  const reader = new PropsReader<ResourcesProps>(props, issues, {
    cpuRequest: true,
    cpuLimit: true,
    memoryRequest: true,
    memoryLimit: true,
    ephemeralStorageRequest: true,
    ephemeralStorageLimit: true,
  });
  const pair = (
    request: keyof ResourcesProps,
    limit: keyof ResourcesProps,
    usual: readonly [number, number],
    parse: (text: string) => number | undefined,
    format: string,
  ): readonly [number, number] => {
    const limitValue = reader.quantity(limit, parse, format);
    const requestValue = reader.quantity(request, parse, format) ?? Math.min(usual[0], limitValue ?? usual[0]);
    if (limitValue !== undefined && requestValue > limitValue) {
      reader.at(request).add({
        code: 'TARS1011',
        message: `${request} is above ${limit}`,
        given: `${show(reader.raw(request))} above ${show(reader.raw(limit))}`,
        allowed: `at most ${limit}`,
        remedy: `lower ${request} or raise ${limit}`,
      });
    }
    return [requestValue, limitValue ?? Math.max(usual[1], requestValue)];
  };
  const [cpuRequestMillis, cpuLimitMillis] = pair('cpuRequest', 'cpuLimit', [100, 500], parseCpuMillis, CPU_FORMAT);
  const [memoryRequestMiB, memoryLimitMiB] = pair(
    'memoryRequest',
    'memoryLimit',
    [128, 512],
    parseSizeMiB,
    SIZE_FORMAT,
  );
  const [storageRequestMiB, storageLimitMiB] = pair(
    'ephemeralStorageRequest',
    'ephemeralStorageLimit',
    [64, 1024],
    parseSizeMiB,
    SIZE_FORMAT,
  );
  return { cpuRequestMillis, cpuLimitMillis, memoryRequestMiB, memoryLimitMiB, storageRequestMiB, storageLimitMiB };
}

/** Reads the GPU switch. */
export function readGpu(props: GpuProps, issues: IssueCollector): Gpu {
  const reader = new PropsReader<GpuProps>(props, issues, {
    count: true,
    runtimeClassName: true,
    tolerationKeys: true,
  });
  return {
    count: reader.integer('count', { min: 1, max: 64 }, 1),
    runtimeClassName: reader.string('runtimeClassName'),
    tolerationKeys: reader.strings('tolerationKeys') ?? ['nvidia.com/gpu'],
  };
}
