/**
 * For charts that are written with cdk8s-plus-27: their secrets, ConfigMaps and claims in our
 * services, and our services in their containers, ingresses and network policies. It is a module of
 * its own, since cdk8s-plus takes long to load and most people do not need it.
 */
import type * as kplus from 'cdk8s-plus-27';
import { EnvValue as PlusEnvValue, Pods, Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Service } from './constructs/service';
import { chartOf, systemOf } from './constructs/system';
import { kubernetesWriter } from './kubernetes/env';
import { selectorLabels } from './kubernetes/labels';
import { kubernetesName } from './model/define-service';
import type { PeerProps, VolumeProps } from './model/service-props';
import { secretName } from './model/system-model';
import { EnvValue, writeText } from './model/value';

/** One key of a Secret of cdk8s-plus, as a variable of our service. */
export function fromSecret(secret: kplus.ISecret, key: string): EnvValue {
  return EnvValue.fromSecret(key, { secretName: secret.name });
}

/**
 * One key of a ConfigMap of cdk8s-plus, as a variable of our service. The value is copied, so that
 * it arrives on Compose as well.
 * @throws Error when the ConfigMap does not hold the key, or was imported by name
 */
export function fromConfigMap(configMap: kplus.ConfigMap, key: string): EnvValue {
  const value = configMap.data[key];
  if (value === undefined) {
    const known = Object.keys(configMap.data).join(', ');
    throw new Error(`ConfigMap "${configMap.name}" has no key "${key}", it has: ${known === '' ? 'none' : known}`);
  }
  return EnvValue.fromValue(value);
}

/** A claim of cdk8s-plus, mounted in our service. On Compose it is a named volume. */
export function fromClaim(claim: kplus.IPersistentVolumeClaim, name: string, mountPath: string): VolumeProps {
  return { name, mountPath, per: 'existing', claimName: claim.name };
}

/** The pods of a workload of cdk8s-plus, for `allowFrom` of our service. */
export function peerOf(workload: kplus.Workload): PeerProps {
  const { namespace } = workload.metadata;
  return { podLabels: { ...workload.matchLabels }, ...(namespace === undefined ? {} : { namespace }) };
}

/**
 * Our service as a selection of pods: a pod selector and a network policy peer of cdk8s-plus, e.g.
 * for `deployment.connections.allowTo(...)`.
 */
export function podsOf(scope: Construct, id: string, service: Service): Pods {
  return Pods.select(scope, id, { labels: selectorLabels(service.spec) });
}

/**
 * Our service as a Service of cdk8s-plus, as far as others look at it: its name and its ports, e.g.
 * for `IngressBackend.fromService`. It creates nothing: the object exists already.
 */
export function asService(service: Service): kplus.Service {
  const { spec } = service;
  const ports = spec.ports.map((p) => ({ name: p.name, port: p.number, targetPort: p.number }));
  const view = { name: kubernetesName(spec), ports, port: ports[0]?.port };
  return view as unknown as kplus.Service;
}

/**
 * One of our values, e.g. `postgres.url` or `postgres.password`, for a container of cdk8s-plus.
 * @param scope where an imported Secret is put, if the value is one
 * @param id its construct id
 * @throws Error for a text that quotes a secret: give the container the two variables apart
 */
export function toEnvValue(scope: Construct, id: string, { value }: EnvValue): kplus.EnvValue {
  const { prefix, namespace } = chartOf(scope);
  const model = systemOf(scope);
  if (value.kind === 'secret') {
    const name = value.secretName ?? secretName(model.settings, prefix);
    return PlusEnvValue.fromSecretValue({ secret: Secret.fromSecretName(scope, id, name), key: value.key });
  }
  const text = writeText(
    value,
    kubernetesWriter(
      model,
      { namespace },
      {
        literal: (t) => t.replaceAll('$', '$$$$'),
        secret: (key) => {
          throw new Error(
            `the value quotes the secret ${key}: give the container URL and password in variables of their own`,
          );
        },
      },
    ),
  );
  return PlusEnvValue.fromValue(text);
}
