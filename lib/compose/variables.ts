import type { Issue } from '../model/issues';
import type { ServiceSpec } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';
import type { Value } from '../model/value';
import { variablePart } from './names';

/** A secret as Compose knows it: a variable that `.env` sets. */
export interface SecretVariable {
  readonly name: string;
  /** Name of the Kubernetes Secret; undefined: the system's own. */
  readonly secretName: string | undefined;
  readonly key: string;
  readonly mayBeEmpty: boolean;
  /** Stands inside a URL somewhere, so that it may hold only unreserved characters. */
  readonly inUrl: boolean;
  /** Paths of the services that read it. */
  readonly readers: readonly string[];
}

/** Name of the variable for one key: the key itself where a variable can be called that. */
export function secretVariableName(secretName: string | undefined, key: string): string {
  const own = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : variablePart(key);
  return secretName === undefined ? own : `${variablePart(secretName)}_${variablePart(key)}`;
}

/** Every secret that a service, its tasks or its development variables read, by name. */
export function secretVariables(model: SystemModel): ReadonlyMap<string, SecretVariable> {
  const known = new Map<string, SecretVariable>();
  const add = (spec: ServiceSpec, one: Secret): void => {
    const name = secretVariableName(one.secretName, one.key);
    const before = known.get(name);
    known.set(name, {
      ...one,
      name,
      // One reader that needs a value is enough to need one.
      mayBeEmpty: one.mayBeEmpty && (before?.mayBeEmpty ?? true),
      inUrl: one.inUrl || (before?.inUrl ?? false),
      readers: [...new Set([...(before?.readers ?? []), spec.path])],
    });
  };
  for (const spec of model.services) {
    for (const value of valuesOf(spec)) for (const secret of secretsIn(value)) add(spec, secret);
  }
  return new Map([...known].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Different secrets that would be one variable: "tls.key" and "TLS_KEY", say. */
export function variableClashes(model: SystemModel): Issue[] {
  const first = new Map<string, { readonly secret: Secret; readonly path: string }>();
  const issues = new Map<string, Issue>();
  for (const { path, ...spec } of model.services) {
    for (const secret of valuesOf(spec).flatMap(secretsIn)) {
      const name = secretVariableName(secret.secretName, secret.key);
      const known = first.get(name) ?? { secret, path };
      first.set(name, known);
      if (known.secret.key === secret.key && known.secret.secretName === secret.secretName) continue;
      issues.set(`${path} ${name}`, {
        code: 'TARS2005',
        severity: 'error',
        path,
        message: `Compose has one variable, ${name}, for this secret and for another of ${known.path}`,
        given: `${described(secret)} and ${described(known.secret)}`,
        allowed: 'keys that stay different once written as the name of a variable',
        remedy: 'rename one of the keys',
      });
    }
  }
  return [...issues.values()];
}

function described({ secretName, key }: Secret): string {
  return secretName === undefined ? `key "${key}"` : `key "${key}" of the Secret "${secretName}"`;
}

function valuesOf(spec: Pick<ServiceSpec, 'env' | 'development' | 'tasks'>): Value[] {
  const entries = [...spec.env, ...(spec.development?.env ?? []), ...spec.tasks.flatMap((task) => task.env)];
  return entries.map((entry) => entry.value);
}

type Secret = Omit<SecretVariable, 'name' | 'readers'>;

function secretsIn(value: Value): Secret[] {
  if (value.kind === 'secret') {
    return [{ secretName: value.secretName, key: value.key, mayBeEmpty: value.mayBeEmpty, inUrl: false }];
  }
  return value.parts.flatMap((part) =>
    typeof part === 'object' && 'secretKey' in part
      ? [{ secretName: undefined, key: part.secretKey, mayBeEmpty: false, inUrl: true }]
      : [],
  );
}

/** Variable that limits the CPUs of one service; not set: no limit. */
export function cpuVariable(project: string, service: string): string {
  return `${variablePart(project)}_CPUS_${variablePart(service)}`;
}
