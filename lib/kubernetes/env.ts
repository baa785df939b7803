import { prefixed } from '../model/names';
import { kubernetesName } from '../model/define-service';
import type { EnvEntry, ServiceSpec } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';
import { findTarget, secretName } from '../model/system-model';
import type { PartWriter, TextValue, Value } from '../model/value';
import { holdsSecret, writeText } from '../model/value';
import type { EnvVar } from './json';

/**
 * A kubelet replaces `$(NAME)` in the variables, command and arguments of a container and turns
 * `$$` into `$`; doubling every dollar is what makes a text arrive unchanged.
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function escapeExpansion(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** How Kubernetes writes endpoints, seen from one service. */
export function kubernetesWriter(
  model: SystemModel,
  client: Pick<ServiceSpec, 'namespace'>,
  options: { literal: (text: string) => string; secret: (key: string) => string },
): PartWriter {
  return {
    literal: options.literal,
    secret: options.secret,
    endpoint: (endpoint, show) => {
      const target = findTarget(model, endpoint);
      if (target === undefined) return options.literal('');
      if (show === 'port') return String(target.port.number);
      const host =
        target.kind === 'external' ? target.spec.host : serviceHost(client, target.spec, show === 'replicas');
      return show === 'address' ? `${host}:${target.port.number}` : host;
    },
  };
}

function serviceHost(client: Pick<ServiceSpec, 'namespace'>, server: ServiceSpec, replicas: boolean): string {
  const name = (replicas ? server.access.headlessName : undefined) ?? kubernetesName(server);
  return server.namespace === client.namespace || server.namespace === undefined
    ? name
    : `${name}.${server.namespace}.svc`;
}

/** The plain variables, as they stand in a ConfigMap: nothing in there is expanded. */
export function configMapData(model: SystemModel, spec: ServiceSpec): Record<string, string> {
  const data: Record<string, string> = {};
  for (const { name, value } of spec.env) {
    if (!holdsSecret(value)) data[name] = writePlain(model, spec, value as TextValue);
  }
  return data;
}

/** A text without secrets, with nothing escaped. */
export function writePlain(model: SystemModel, spec: ServiceSpec, value: TextValue): string {
  return writeText(value, kubernetesWriter(model, spec, { literal: (t) => t, secret: () => '' }));
}

/**
 * The variables that stand in a container: secrets first, then texts, then texts that quote a
 * secret's variable, since `$(NAME)` in an entry that stands before it stays literal.
 */
export function containerEnv(model: SystemModel, spec: ServiceSpec, entries: readonly EnvEntry[]): EnvVar[] {
  const secrets: EnvVar[] = [];
  const plain: EnvVar[] = [];
  const quoting: EnvVar[] = [];
  const inConfigMap = spec.configMapName !== undefined;
  const variableOf = new Map<string, string>();
  for (const { name, value } of entries) {
    if (value.kind === 'secret') {
      secrets.push(secretVariable(model, spec, name, value));
      if (value.secretName === undefined) variableOf.set(value.key, name);
    }
  }
  for (const { name, value } of entries) {
    if (value.kind === 'secret') continue;
    if (!holdsSecret(value)) {
      if (inConfigMap && spec.env.some((e) => e.name === name && e.value === value)) continue;
      plain.push({ name, value: escapeText(model, spec, value, () => '') });
      continue;
    }
    const secret = (key: string): string => {
      const known = variableOf.get(key);
      if (known === undefined) {
        secrets.push(
          secretVariable(model, spec, key, { kind: 'secret', secretName: undefined, key, mayBeEmpty: false }),
        );
        variableOf.set(key, key);
      }
      return `$(${known ?? key})`;
    };
    quoting.push({ name, value: escapeText(model, spec, value, secret) });
  }
  return [...secrets, ...plain, ...quoting];
}

function escapeText(model: SystemModel, spec: ServiceSpec, value: TextValue, secret: (key: string) => string): string {
  return writeText(value, kubernetesWriter(model, spec, { literal: escapeExpansion, secret }));
}

function secretVariable(
  model: SystemModel,
  spec: ServiceSpec,
  name: string,
  value: Extract<Value, { kind: 'secret' }>,
): EnvVar {
  const secret = value.secretName ?? secretName(model.settings, spec.prefix);
  return {
    name,
    valueFrom: {
      secretKeyRef: { name: secret, key: value.key, ...(value.mayBeEmpty ? { optional: true } : {}) },
    },
  };
}

/** Variables of a service with those of its task; the task's own count. */
export function withEnv(base: readonly EnvEntry[], added: readonly EnvEntry[]): EnvEntry[] {
  return [...base.filter((b) => !added.some((a) => a.name === b.name)), ...added];
}

/** Name of the ConfigMap with a service's configuration files. */
export function filesConfigMapName(spec: ServiceSpec): string {
  return prefixed(kubernetesName(spec), 'files');
}
