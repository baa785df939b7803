import { kubernetesName } from '../model/define-service';
import type { ServiceSpec } from '../model/service-spec';
import { configMapData, filesConfigMapName, writePlain } from './env';
import { componentLabels } from './labels';
import type { ModelSource, ObjectSpec } from './object-spec';
import { fileKey } from './storage';

/** ConfigMaps of a service: its plain variables, where they have a ConfigMap, and its files. */
export function configObjects(spec: ServiceSpec, model: ModelSource): ObjectSpec[] {
  const configMap = (id: string, name: string, data: () => Record<string, string>): ObjectSpec => ({
    id,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    labels: componentLabels(spec),
    fields: { data },
  });
  return [
    ...(spec.configMapName === undefined
      ? []
      : [configMap('config', spec.configMapName, () => configMapData(model(), spec))]),
    ...(spec.files.length === 0
      ? []
      : [
          configMap('files', filesConfigMapName(spec), () =>
            Object.fromEntries(spec.files.map((f) => [fileKey(f.path), writePlain(model(), spec, f.content)])),
          ),
        ]),
  ];
}

/** An identity of its own for each workload; it gets no token. */
export function identityObject(spec: ServiceSpec): ObjectSpec {
  return {
    id: 'service-account',
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    name: kubernetesName(spec),
    labels: componentLabels(spec),
    fields: { automountServiceAccountToken: () => false },
  };
}
